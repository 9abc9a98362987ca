// Makes the client of the proto, each time that this changes.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../../protos/synth.proto");
    let described = protox::compile(["synth.proto"], ["../../protos"])?;
    tonic_prost_build::configure()
        .build_server(false)
        .compile_fds(described)?;
    Ok(())
}
