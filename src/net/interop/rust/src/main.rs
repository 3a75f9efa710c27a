//! A peer on rust-libp2p, driven by lines on its standard input: see ../README.md.

mod node;
mod orders;
mod streams;
mod vat;

use node::Node;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Of an order; what went wrong, in words.
pub type Outcome<T> = Result<T, String>;

/// How long an order may take.
const LIMIT: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "local")]
async fn main() -> Outcome<()> {
    let mut node = Node::start().await?;
    println!("{}", json!({ "value": node.addresses() }));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        let line = node.during(lines.next_line()).await.map_err(|error| error.to_string())?;
        let Some(line) = line else { return Ok(()) };
        let words: Vec<String> = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        println!("{}", answer(&mut node, &words).await);
    }
}

async fn answer(node: &mut Node, words: &[String]) -> Value {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match tokio::time::timeout(LIMIT, orders::carry_out(node, &words)).await {
        Ok(Ok(value)) => json!({ "value": value }),
        Ok(Err(error)) => json!({ "error": error }),
        Err(_) => json!({ "error": "it takes too long" }),
    }
}
