// Reads entries over gRPC, goes on where a connection broke, and checks that each entry balances.
//
//     cargo run -- http://localhost:50051 1000
use std::{env, error::Error, time::Duration};

use synth::synth_service_client::SynthServiceClient;
use synth::{Entry, GenerationRequest};
use tonic::{Code, Request, Status};

mod synth {
    tonic::include_proto!("synth");
}

const TRIES: u32 = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments
        .next()
        .unwrap_or_else(|| "http://localhost:50051".into());
    let count: i64 = arguments.next().unwrap_or_else(|| "1000".into()).parse()?;

    let (mut entries, mut lines, mut unbalanced) = (0, 0, 0);
    read(&url, count, |entry| {
        if entries == 0 {
            show(entry);
        }
        entries += 1;
        lines += entry.lines.len();
        if balance(entry) != 0 {
            unbalanced += 1;
        }
    })
    .await?;
    println!("{entries} entries, {lines} lines, {unbalanced} entries out of balance");
    Ok(())
}

/// Calls `take` with every entry once, also if the connection breaks in between.
async fn read(url: &str, count: i64, mut take: impl FnMut(&Entry)) -> Result<(), Status> {
    let mut first = 0;
    let mut failed = 0;
    loop {
        let before = first;
        let ended = read_from(url, count, &mut first, &mut take).await;
        failed = if first > before { 1 } else { failed + 1 };
        match ended {
            Err(status) if status.code() == Code::Unavailable && failed <= TRIES => {
                eprintln!("again from entry {first}: {}", status.message());
                tokio::time::sleep(Duration::from_millis(50 << failed)).await;
            }
            ended => return ended,
        }
    }
}

/// Reads one connection's worth of entries, and moves `first` behind the last of them.
async fn read_from(
    url: &str,
    count: i64,
    first: &mut i64,
    take: &mut impl FnMut(&Entry),
) -> Result<(), Status> {
    let mut client = SynthServiceClient::connect(url.to_owned())
        .await
        .map_err(|error| Status::unavailable(error.to_string()))?;
    let mut request = Request::new(GenerationRequest { count: Some(count) });
    let metadata = request.metadata_mut();
    metadata.insert("x-first", (*first).into());
    if let Ok(key) = env::var("DATASYNTH_API_KEY") {
        let key = key
            .parse()
            .map_err(|_| Status::invalid_argument("the key is no text of ASCII"))?;
        metadata.insert("x-api-key", key);
    }
    let mut stream = client.start_generation(request).await?.into_inner();
    while let Some(entry) = stream.message().await.map_err(broken)? {
        take(&entry);
        *first += 1;
    }
    Ok(())
}

/// A connection that ends in the middle of a message is as good as a server that is away.
fn broken(status: Status) -> Status {
    match std::error::Error::source(&status) {
        Some(_) => Status::unavailable(status.message()),
        None => status,
    }
}

/// The sum of an entry's debits less its credits, in minor units: whole numbers do not round.
fn balance(entry: &Entry) -> i64 {
    entry
        .lines
        .iter()
        .map(|line| minor(&line.debit) - minor(&line.credit))
        .sum()
}

fn minor(amount: &str) -> i64 {
    amount.replace('.', "").parse().expect("an amount")
}

fn show(entry: &Entry) {
    println!(
        "{} {} {}",
        entry.posting_date, entry.company_code, entry.document_id
    );
    for line in &entry.lines {
        println!(
            "    {} {:>12} {:>12}",
            line.account, line.debit, line.credit
        );
    }
}
