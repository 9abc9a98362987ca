// Makes the client of the proto; SYNTH_PROTOS is the folder that it is in.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::var("SYNTH_PROTOS").unwrap_or_else(|_| "../../../protos".into());
    println!("cargo:rerun-if-env-changed=SYNTH_PROTOS");
    tonic_build::configure()
        .build_server(false)
        .compile_protos(&[format!("{folder}/synth.proto")], &[folder])?;
    Ok(())
}
