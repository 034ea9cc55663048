//! Videos, images and sounds for the page, served from 127.0.0.1: the web view
//! only plays video over HTTP with ranges, and from nothing else that Tauri
//! offers.
//!
//! A URL is `/<token>/<kind>/<id>[/<part>]`. The token belongs to one session
//! and ends with it; ids are only valid in that profile, and a path never
//! appears. All invalid requests get the same 404.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HOST, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rand::RngExt;
use rushes_model::notice::Notice;
use rushes_studio::{MediaKind, ProfileSession};
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use uuid::Uuid;

/// Allowed origins. Requests from pages of other origins carry an `Origin`
/// header; those of our own page only where it reads the pixels or samples.
pub const ORIGINS: &[&str] = if cfg!(feature = "custom-protocol") {
    &["tauri://localhost", "http://tauri.localhost"]
} else {
    &["tauri://localhost", "http://tauri.localhost", "http://127.0.0.1:1420"]
};

/// The session of each token.
#[derive(Clone, Default)]
pub struct Tokens {
    sessions: Arc<Mutex<HashMap<String, ProfileSession>>>,
}

impl Tokens {
    /// A new token for a session: 256 random bits as hexadecimal digits.
    pub fn grant(&self, session: ProfileSession) -> String {
        let bits: [u128; 2] = rand::rng().random();
        let token = format!("{:032x}{:032x}", bits[0], bits[1]);
        self.lock().insert(token.clone(), session);
        token
    }

    /// Invalidates a token.
    pub fn revoke(&self, token: &str) {
        self.lock().remove(token);
    }

    fn session(&self, token: &str) -> Option<ProfileSession> {
        self.lock().get(token).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, ProfileSession>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server as a router, for the port it is reached at.
pub fn router(port: u16, tokens: Tokens) -> Router {
    let host = HeaderValue::from_str(&format!("127.0.0.1:{port}"));
    // Digits and dots always make a valid header.
    let host = host.unwrap_or_else(|_| HeaderValue::from_static("127.0.0.1"));
    Router::new().fallback(answer).with_state(Server { host, tokens })
}

/// Serves until the application ends.
pub async fn serve(listener: std::net::TcpListener, tokens: Tokens) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    axum::serve(TcpListener::from_std(listener)?, router(port, tokens)).await
}

#[derive(Clone)]
struct Server {
    host: HeaderValue,
    tokens: Tokens,
}

/// Answers a request. Our own page may read what it is answered: otherwise it
/// could show a picture, but not draw it.
async fn answer(State(server): State<Server>, request: Request) -> Response {
    let is_trusted = server.trusts(request.headers());
    let origin = request.headers().get(ORIGIN).filter(|_| is_trusted).cloned();
    let mut response =
        if is_trusted { serve_file(server, request).await } else { StatusCode::FORBIDDEN.into_response() };
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

async fn serve_file(server: Server, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let Some((token, kind, id)) = parse(request.uri().path()) else { return not_found() };
    let Some(session) = server.tokens.session(token) else { return not_found() };
    let file = match session.media_file(kind, id).await {
        Ok(file) => file,
        Err(error) => {
            if !matches!(error.notice, Notice::NotFound { .. }) {
                tracing::warn!(notice = ?error.notice, detail = error.detail, "no media");
            }
            return not_found();
        }
    };
    let Ok(mime) = file.mime.parse() else { return not_found() };
    let request = request.map(|_| Body::empty());
    match ServeFile::new_with_mime(&file.path, &mime).oneshot(request).await {
        Ok(response) => {
            let mut response = response.map(Body::new);
            let headers = response.headers_mut();
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            // A profile's media stays in its own folder and must not be cached
            // elsewhere.
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(never) => match never {},
    }
}

impl Server {
    /// Whether a request uses our own host name and comes from our own page:
    /// this rejects web sites that found the port or rebound their own name to
    /// 127.0.0.1.
    fn trusts(&self, headers: &HeaderMap) -> bool {
        let to_us = headers.get(HOST) == Some(&self.host);
        let from_us = headers.get(ORIGIN).is_none_or(|origin| ORIGINS.iter().any(|ours| origin == ours));
        to_us && from_us
    }
}

fn parse(path: &str) -> Option<(&str, MediaKind, Uuid)> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let (token, kind, id) = (parts.next()?, parts.next()?, parts.next()?);
    let part = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let kind = match (kind, part) {
        ("source", None) => MediaKind::Source,
        ("source", Some("thumb")) => MediaKind::SourceThumb,
        ("source", Some("filmstrip")) => MediaKind::SourceFilmstrip,
        ("source", Some("sheet")) => MediaKind::SourceSheet,
        ("clip", Some("still")) => MediaKind::ClipStill,
        ("clip", Some("thumb")) => MediaKind::ClipThumb,
        ("clip", Some("filmstrip")) => MediaKind::ClipFilmstrip,
        ("clip", Some("sound")) => MediaKind::ClipSound,
        ("export", None) => MediaKind::Export,
        ("export", Some("thumb")) => MediaKind::ExportThumb,
        _ => return None,
    };
    Some((token, kind, id.parse().ok()?))
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
