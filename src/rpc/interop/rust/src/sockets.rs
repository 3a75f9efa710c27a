//! Sockets for an event loop that has none: Debian's packages bring no reactor.

use futures::channel::mpsc;
use futures::io::AllowStdIo;
use futures::stream::TryStreamExt;
use futures::AsyncRead;
use std::io::Read;
use std::net::TcpStream;

const PIECE_BYTES: usize = 64 * 1024;

/// Both directions of a socket. A thread reads, so that the event loop never waits for the peer to write first.
pub fn split(socket: TcpStream) -> std::io::Result<(impl AsyncRead + Unpin, AllowStdIo<TcpStream>)> {
    socket.set_nodelay(true)?;
    let mut reader = socket.try_clone()?;
    let (sender, receiver) = mpsc::unbounded::<std::io::Result<Vec<u8>>>();
    std::thread::spawn(move || loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = reader.read(&mut piece).map(|length| {
            piece.truncate(length);
            piece
        });
        let ended = !matches!(&read, Ok(piece) if !piece.is_empty());
        if (!ended || read.is_err()) && sender.unbounded_send(read).is_err() || ended {
            return;
        }
    });
    Ok((receiver.into_async_read(), AllowStdIo::new(socket)))
}
