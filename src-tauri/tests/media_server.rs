//! The media server serves its own page and refuses everyone else.
#![allow(clippy::unwrap_used)]

mod common;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HOST, ORIGIN,
    RANGE, VARY,
};
use axum::http::{Method, Request, StatusCode};
use common::{Bench, Ids, fill, footage};
use rushes::media_server::{ORIGINS, router};
use rushes_studio::ProfileSession;
use tauri::async_runtime::block_on;
use tower::ServiceExt;

const PORT: u16 = 4321;

struct Server {
    bench: Bench,
    session: ProfileSession,
    token: String,
    ids: Ids,
}

impl Server {
    fn new() -> Self {
        let bench = Bench::new();
        let session = bench.profile("Ana");
        let film = footage(bench.data.path(), "film.mp4");
        let ids = fill(&session, &film);
        let token = bench.tokens.grant(session.clone());
        Self { bench, session, token, ids }
    }

    fn ask(&self, request: axum::http::request::Builder) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let request = request.body(Body::empty()).unwrap();
        block_on(async {
            let response = router(PORT, self.bench.tokens.clone()).oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, 50 << 20).await.unwrap();
            (parts.status, parts.headers, bytes.to_vec())
        })
    }

    fn get(&self, path: &str) -> axum::http::request::Builder {
        Request::get(format!("http://127.0.0.1:{PORT}{path}")).header(HOST, format!("127.0.0.1:{PORT}"))
    }

    fn film(&self) -> String {
        format!("/{}/source/{}", self.token, self.ids.source)
    }
}

#[test]
fn films_and_pictures_are_served_whole_and_in_ranges() {
    let server = Server::new();
    let on_disk = std::fs::read(block_on(server.session.source_path(server.ids.source)).unwrap()).unwrap();
    let (status, headers, body) = server.ask(server.get(&server.film()));
    assert_eq!((status, body.len()), (StatusCode::OK, on_disk.len()));
    assert_eq!(headers[ACCEPT_RANGES], "bytes");

    let (status, headers, body) = server.ask(server.get(&server.film()).header(RANGE, "bytes=100-199"));
    assert_eq!((status, &body[..]), (StatusCode::PARTIAL_CONTENT, &on_disk[100..200]));
    assert_eq!(headers[CONTENT_RANGE], format!("bytes 100-199/{}", on_disk.len()));
    let (status, _, body) = server.ask(server.get(&server.film()).header(RANGE, "bytes=-50"));
    assert_eq!((status, &body[..]), (StatusCode::PARTIAL_CONTENT, &on_disk[on_disk.len() - 50..]));
    let (status, ..) = server.ask(server.get(&server.film()).header(RANGE, "bytes=999999999-"));
    assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE);

    let head = server.get(&server.film()).method(Method::HEAD);
    let (status, headers, body) = server.ask(head);
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers[CONTENT_LENGTH], on_disk.len().to_string());

    let (token, ids) = (&server.token, &server.ids);
    for path in [
        format!("/{token}/source/{}/thumb", ids.source),
        format!("/{token}/source/{}/filmstrip", ids.source),
        format!("/{token}/clip/{}/still?r=1", ids.clip),
        format!("/{token}/clip/{}/thumb?r=1", ids.clip),
        format!("/{token}/clip/{}/filmstrip?r=1", ids.clip),
        format!("/{token}/clip/{}/sound?r=1", ids.clip),
        format!("/{token}/export/{}", ids.export),
        format!("/{token}/export/{}/thumb", ids.export),
    ] {
        let (status, _, body) = server.ask(server.get(&path));
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(body.len() > 200, "{path}");
    }
}

#[test]
fn a_clip_is_heard_as_one_stream_unless_it_is_muted() {
    let server = Server::new();
    let path = format!("/{}/clip/{}/sound", server.token, server.ids.clip);
    let (status, headers, body) = server.ask(server.get(&path));
    assert_eq!((status, &headers[CONTENT_TYPE]), (StatusCode::OK, &"audio/wav".parse().unwrap()));
    let detail = block_on(server.session.get_clip(server.ids.clip)).unwrap();
    let samples = (detail.clip.duration_us * 48_000 + 500_000) / 1_000_000;
    assert_eq!((&body[..4], body.len()), (&b"RIFF"[..], 44 + 4 * samples as usize));
    let (status, _, part) = server.ask(server.get(&path).header(RANGE, "bytes=44-143"));
    assert_eq!((status, &part[..]), (StatusCode::PARTIAL_CONTENT, &body[44..144]));
    block_on(server.session.remove_clip_audio(server.ids.clip)).unwrap();
    assert_eq!(server.ask(server.get(&path)).0, StatusCode::NOT_FOUND);
}

#[test]
fn a_page_of_another_origin_or_under_another_name_is_refused() {
    let server = Server::new();
    for (header, value) in [
        (ORIGIN, "https://evil.example"),
        (ORIGIN, "null"),
        (ORIGIN, "http://127.0.0.1:4321"),
        (ORIGIN, "http://localhost:1420"),
    ] {
        let (status, headers, body) = server.ask(server.get(&server.film()).header(header, value));
        assert_eq!((status, body.len()), (StatusCode::FORBIDDEN, 0), "{value}");
        assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
        assert_eq!(headers[VARY], "origin");
    }
    for host in ["evil.example", "localhost:4321", "127.0.0.1", "127.0.0.1:80"] {
        let request = Request::get(server.film()).header(HOST, host);
        assert_eq!(server.ask(request).0, StatusCode::FORBIDDEN, "{host}");
    }
    assert_eq!(server.ask(Request::get(server.film())).0, StatusCode::FORBIDDEN, "no host at all");
}

#[test]
fn only_our_own_page_may_read_what_it_shows() {
    let server = Server::new();
    let picture = format!("/{}/clip/{}/still", server.token, server.ids.clip);
    for path in [&server.film(), &picture] {
        for origin in ORIGINS {
            for part in ["bytes=0-", "bytes=0-99"] {
                let own = server.get(path).header(ORIGIN, *origin).header(RANGE, part);
                let (status, headers, _) = server.ask(own);
                assert_eq!(status, StatusCode::PARTIAL_CONTENT, "{path} from {origin}");
                assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], *origin);
                assert_eq!(headers[VARY], "origin");
            }
        }
        let (status, headers, _) = server.ask(server.get(path));
        assert_eq!((status, &headers[VARY]), (StatusCode::OK, &"origin".parse().unwrap()));
        assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    }
}

#[test]
fn what_is_not_this_profiles_is_not_there() {
    let server = Server::new();
    let stranger = server.bench.profile("Ben");
    let token_of_ben = server.bench.tokens.grant(stranger);
    let (token, source) = (&server.token, server.ids.source);
    for path in [
        format!("/{token_of_ben}/source/{source}"),
        format!("/{token_of_ben}/clip/{}/still", server.ids.clip),
        format!("/{token_of_ben}/clip/{}/sound", server.ids.clip),
        format!("/{token_of_ben}/export/{}", server.ids.export),
        format!("/{}/source/{source}", "0".repeat(64)),
        format!("//source/{source}"),
        format!("/{token}/source/{source}/../../../../etc/passwd"),
        format!("/{token}/source/..%2f..%2fetc%2fpasswd"),
        format!("/{token}/source/{source}/thumb/more"),
        format!("/{token}/source/"),
        format!("/{token}"),
        format!("/{token}/clip/{}/nothing", server.ids.clip),
        "/etc/passwd".into(),
        "/".into(),
    ] {
        let (status, _, body) = server.ask(server.get(&path));
        assert_eq!((status, body.len()), (StatusCode::NOT_FOUND, 0), "{path}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let request = server.get(&server.film()).method(method.clone());
        assert_eq!(server.ask(request).0, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}

#[test]
fn a_token_ends_with_what_the_window_showed() {
    let server = Server::new();
    let shown = |session: &ProfileSession| {
        let base = server.bench.shell.show("main", session.clone());
        let token = base.rsplit('/').next().unwrap().to_owned();
        format!("/{token}/source/{}", server.ids.source)
    };
    let first = shown(&server.session);
    assert_eq!(server.ask(server.get(&first)).0, StatusCode::OK);
    let stranger = server.bench.profile("Ben");
    let second = shown(&stranger);
    assert_eq!(server.ask(server.get(&first)).0, StatusCode::NOT_FOUND, "after switching");
    assert_eq!(server.ask(server.get(&second)).0, StatusCode::NOT_FOUND);
    let third = shown(&server.session);
    server.bench.shell.forget("main");
    assert_eq!(server.ask(server.get(&third)).0, StatusCode::NOT_FOUND, "after closing");
}
