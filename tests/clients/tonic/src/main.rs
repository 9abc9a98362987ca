// What the page leaves out: the generated module, and a name from it. The rest is the page, as printed.
mod synth {
    tonic::include_proto!("synth");
}
use synth::GenerationRequest;

use synth::synth_client::SynthClient;
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
let mut client = SynthClient::connect("http://localhost:50051").await?;
let request = tonic::Request::new(GenerationRequest { count: Some(1000) });
let mut stream = client.start_generation(request).await?.into_inner();
while let Some(entry) = stream.message().await? {
println!("Entry: {:?}", entry.document_id);
}
Ok(())
}
