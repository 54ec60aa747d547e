//! The server itself: accepts, asks the script, sends what it says.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures::stream::unfold;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::answer::{Answer, Body, Piece};
use super::lock;
use super::request::{Request, parameters};

type Script = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

/// What the thread of the server shares with the test.
pub struct Shared {
    pub requests: Mutex<Vec<Request>>,
    script: Script,
    tls: Option<TlsAcceptor>,
}

impl Shared {
    pub fn new(tls: Option<ServerConfig>, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self { requests: Mutex::default(), script: Box::new(answer), tls: tls.map(|it| Arc::new(it).into()) }
    }
}

/// What a test tells the server; it answers when it is done.
pub enum Command {
    Stop(Sender<()>),
    Resume(Sender<()>),
    Break(Sender<()>),
    End,
}

/// Runs until it is told to end.
pub fn run(listener: TcpListener, commands: UnboundedReceiver<Command>, shared: Arc<Shared>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(serve(listener, commands, shared));
}

async fn serve(listener: TcpListener, mut commands: UnboundedReceiver<Command>, shared: Arc<Shared>) {
    let address = listener.local_addr().expect("an address");
    let mut listener = Some(listening(listener));
    let mut held = None;
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                None | Some(Command::End) => return,
                Some(Command::Stop(done)) => {
                    listener = None;
                    connections.shutdown().await;
                    held = Some(hold(address).await);
                    let _ = done.send(());
                }
                Some(Command::Break(done)) => {
                    connections.shutdown().await;
                    let _ = done.send(());
                }
                Some(Command::Resume(done)) => {
                    listener = held.take().map(|it| it.listen(1024).expect("a listener")).or(listener);
                    let _ = done.send(());
                }
            },
            Ok((socket, _)) = async { listener.as_ref().expect("it listens").accept().await }, if listener.is_some() => {
                let _ = socket.set_nodelay(true);
                connections.spawn(connection(socket, shared.clone()));
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn connection(socket: TcpStream, shared: Arc<Shared>) {
    let tls = shared.tls.clone();
    let service = service_fn(move |request| answer(request, shared.clone()));
    // What goes wrong on a connection is the client's to say.
    let _ = match tls {
        None => http1::Builder::new().serve_connection(TokioIo::new(socket), service).await,
        Some(tls) => {
            let Ok(socket) = tls.accept(socket).await else { return };
            http1::Builder::new().serve_connection(TokioIo::new(socket), service).await
        }
    };
}

fn listening(listener: TcpListener) -> tokio::net::TcpListener {
    listener.set_nonblocking(true).expect("a listener");
    tokio::net::TcpListener::from_std(listener).expect("a listener")
}

/// Keeps the port while nothing listens there: whoever connects is refused, and no outgoing connection gets it.
async fn hold(address: SocketAddr) -> TcpSocket {
    loop {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("a socket");
        // It may be an outgoing connection's for a moment.
        match socket.bind(address) {
            Ok(()) => return socket,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

type Response = hyper::Response<UnsyncBoxBody<Bytes, Broken>>;

/// Breaks a connection.
#[derive(Debug, thiserror::Error)]
#[error("the script breaks the connection")]
struct Broken;

async fn answer(request: hyper::Request<Incoming>, shared: Arc<Shared>) -> Result<Response, Broken> {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter();
    let request = Request {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: parameters(head.uri.query().unwrap_or_default()),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.collect().await.map_err(|_| Broken)?.to_bytes().to_vec(),
        at: Instant::now(),
    };
    lock(&shared.requests).push(request.clone());
    let answer = (shared.script)(&request);
    if let Some(gate) = answer.gate {
        let _ = gate.await;
    }
    let body = match answer.body {
        Body::Whole(bytes) => Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
        Body::Stream(pieces) => {
            let ends = answer.ends_after.map(|it| tokio::time::Instant::now() + it);
            StreamBody::new(unfold(pieces, move |pieces| next(pieces, ends))).boxed_unsync()
        }
        Body::Nothing => return Err(Broken),
    };
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(body).map_err(|_| Broken)
}

async fn next(
    mut pieces: UnboundedReceiver<Piece>,
    ends: Option<tokio::time::Instant>,
) -> Option<(Result<Frame<Bytes>, Broken>, UnboundedReceiver<Piece>)> {
    let piece = match ends {
        Some(ends) => tokio::time::timeout_at(ends, pieces.recv()).await.ok()?,
        None => pieces.recv().await,
    };
    match piece? {
        Piece::Bytes(bytes) => Some((Ok(Frame::data(bytes)), pieces)),
        Piece::Break => {
            // What was sent before reaches the client first.
            tokio::task::yield_now().await;
            Some((Err(Broken), pieces))
        }
    }
}
