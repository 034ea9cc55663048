//! Builds the application and runs it.

use std::net::TcpListener;
use std::path::PathBuf;

use rushes_studio::logs::{ProfileLogs, of_nobody};
use tauri::utils::config::Csp;
use tauri::{AppHandle, DragDropEvent, Manager, RunEvent, Runtime, WindowEvent};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::media_server::{self, Tokens};
use crate::shell::Shell;
use crate::start::start_studio;
use crate::{commands, opened, quit, windows};

/// Starts the application and returns when its last window is closed.
pub fn run() {
    #[cfg(target_os = "linux")]
    {
        windows::draw_without_a_card();
        windows::give_back_memory();
    }
    let Some(data_dir) = rushes_studio::data_dir() else {
        return give_up("there is no home directory; name a data directory with RUSHES_DATA_DIR");
    };
    start_logs(data_dir.clone());
    let listener = match TcpListener::bind(("127.0.0.1", 0)) {
        Ok(listener) => listener,
        Err(error) => return give_up(&format!("the media server cannot start: {error}")),
    };
    let port = listener.local_addr().map_or(0, |address| address.port());
    let tokens = Tokens::default();

    let mut context = tauri::generate_context!();
    let security = &mut context.config_mut().app.security;
    security.csp = Some(content_policy(port, ""));
    // Vite's hot reload needs its socket and inline styles.
    security.dev_csp =
        Some(content_policy(port, " ws://127.0.0.1:1420 http://127.0.0.1:1420 'unsafe-inline'"));

    let shell = Shell::new(data_dir, port, tokens.clone());
    // Must come first: a second start ends in it.
    let builder = tauri::Builder::default().plugin(opened::single_instance(shell.data_dir()));
    let app = build(builder, shell)
        .setup(move |app| {
            tauri::async_runtime::spawn(async move {
                if let Err(error) = media_server::serve(listener, tokens).await {
                    tracing::error!(%error, "the media server ended");
                }
            });
            let handle = app.handle().clone();
            tauri::async_runtime::spawn(async move { start_studio(&handle).await });
            let arguments = std::env::args_os().skip(1).collect();
            opened::take_in(app.handle(), arguments, std::env::current_dir().unwrap_or_default());
            windows::open_main(app.handle())?;
            Ok(())
        })
        .build(context);
    match app {
        Ok(app) => app.run(on_event),
        Err(error) => give_up(&error.to_string()),
    }
}

/// Plugins, commands and state, for the real runtime and for tests.
pub fn build<R: Runtime>(builder: tauri::Builder<R>, shell: Shell) -> tauri::Builder<R> {
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(commands::plugin())
        .manage(shell)
}

fn on_event<R: Runtime>(app: &AppHandle<R>, event: RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. }
            if quit::ask_first(app, &label) =>
        {
            api.prevent_close();
        }
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } => {
            app.state::<Shell>().forget(&label);
        }
        RunEvent::WindowEvent {
            label,
            event: WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }),
            ..
        } => app.state::<Shell>().chosen().add(&label, paths),
        RunEvent::Exit => quit::close(app.state::<Shell>().inner()),
        _ => {}
    }
}

/// What the page may load: itself, and media from the media server.
fn content_policy(port: u16, dev: &str) -> Csp {
    let media = format!("http://127.0.0.1:{port}");
    Csp::Policy(format!(
        "default-src 'none'; script-src 'self'{dev}; style-src 'self'{dev}; \
         font-src 'self'{dev}; img-src 'self' {media}{dev}; media-src {media}; \
         connect-src 'self' ipc: http://ipc.localhost{dev}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ))
}

/// Log lines of a profile go to its own folder, all others to the terminal at
/// the level set by `RUST_LOG`.
fn start_logs(data_dir: PathBuf) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let terminal = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter)
        .with_filter(of_nobody());
    let profiles = ProfileLogs::new(data_dir).with_filter(EnvFilter::new("info"));
    tracing_subscriber::registry().with(profiles).with(terminal).init();
}

fn give_up(why: &str) {
    tracing::error!(why, "Rushes cannot start");
    eprintln!("Rushes cannot start: {why}");
}
