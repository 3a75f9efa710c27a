//! Byte streams: one that says back what it hears, and what is said on those of others.

use crate::Outcome;
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{Stream, StreamProtocol};
use libp2p_stream::Control;
use std::future::Future;

/// Answers each stream of the protocol for as long as the node runs.
pub fn serve<F>(mut control: Control, protocol: StreamProtocol, answer: fn(Stream) -> F)
where
    F: Future<Output = ()> + 'static,
{
    let mut streams = control.accept(protocol).expect("nothing else serves it");
    tokio::task::spawn_local(async move {
        while let Some((_, stream)) = streams.next().await {
            tokio::task::spawn_local(answer(stream));
        }
    });
}

/// Says back what it hears, until the peer ends its direction.
pub async fn echo(stream: Stream) {
    let (source, mut sink) = stream.split();
    // What failed is felt by the peer as well.
    if futures::io::copy(source, &mut sink).await.is_ok() {
        let _ = sink.close().await;
    }
}

/// Says the bytes while it hears, ends its direction, and gives what came back until the peer ended its own.
pub async fn exchange(stream: Stream, said: &[u8]) -> Outcome<Vec<u8>> {
    let (mut source, mut sink) = stream.split();
    let saying = async {
        sink.write_all(said).await?;
        sink.close().await
    };
    let hearing = async {
        let mut heard = Vec::new();
        source.read_to_end(&mut heard).await?;
        Ok(heard)
    };
    let (_, heard) = futures::try_join!(saying, hearing).map_err(|error| error.to_string())?;
    Ok(heard)
}
