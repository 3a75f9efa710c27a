//! A first process of the later generation in Rust: grafts, and calls what it is granted by name.

// What the interop tests' peer has for itself: messages and calls by number.
#[allow(dead_code)]
#[path = "../../src/rpc/interop/rust/src/dynamic.rs"]
mod dynamic;
#[path = "../rust-pid0/host.rs"]
mod host;

use capnp::message::ReaderOptions;
use capnp::private::layout::{ElementSize, StructSize};
use capnp::capability::FromClientHook;
use capnp::Error;
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::twoparty::VatNetwork;
use capnp_rpc::RpcSystem;
use dynamic::Remote;

const GRAFT: (u64, u16) = (0xdb52c25106bc2c5e, 0);
const HOST_ID: (u64, u16) = (0x9ea70c8c9aefb70c, 0);
const ROUTING_HASH: (u64, u16) = (0xc03344a7b0a317be, 2);

mod imports {
    #[link(wasm_import_module = "wetware:kernel-runtime/readiness@1.0.0")]
    extern "C" {
        /// Writes a `result` of two bytes: whether it failed, and why.
        #[link_name = "kernel-ready"]
        pub fn kernel_ready(result: *mut [u8; 2]);
    }
}

async fn run(membrane: Remote) -> Result<(), Error> {
    let graft = membrane.ask(GRAFT).done().await?;
    let mut failed = [0u8; 2];
    unsafe { imports::kernel_ready(&mut failed) };
    if failed[0] != 0 {
        return Err(Error::failed("the node says that this process is stale".into()));
    }
    let caps = graft.root()?.get_pointer_field(0).get_list(ElementSize::InlineComposite, None)?;
    let mut granted = Vec::new();
    for index in 0..caps.len() {
        let export = caps.get_struct_element(index);
        let name = export.get_pointer_field(0).get_text(None)?.to_string();
        granted.push((name, Remote::new(export.get_pointer_field(1).get_capability()?)));
    }
    let names: Vec<&str> = granted.iter().map(|(name, _)| name.as_str()).collect();
    println!("{}", names.join(" "));
    let find = |wanted: &str| {
        let found = granted.iter().find(|(name, _)| name == wanted);
        found.map(|(_, cap)| cap.clone()).ok_or_else(|| Error::failed(format!("no {}", wanted)))
    };
    let id = find("host")?.ask(HOST_ID).done().await?;
    println!("peer id of {} bytes", id.root()?.get_pointer_field(0).get_data(None)?.len());
    let size = StructSize { data: 0, pointers: 1 };
    let hash = find("routing")?.call(ROUTING_HASH, size, |params| {
        params.get_pointer_field(0).set_data(b"hello")
    });
    println!("{}", hash.done().await?.root()?.get_pointer_field(0).get_text(None)?);
    Ok(())
}

fn main() {
    let (input, output) = host::connect();
    let network = VatNetwork::new(input.clone(), output.clone(), Side::Client, ReaderOptions::new());
    let mut system = RpcSystem::new(Box::new(network), None);
    let membrane: Remote = system.bootstrap(Side::Server);
    if let Err(error) = host::drive((&input, &output), run(membrane), system) {
        eprintln!("rust-later: {}", error.description);
        std::process::exit(1);
    }
}
