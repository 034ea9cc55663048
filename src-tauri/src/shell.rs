//! State shared by the commands: the studio once it is open, which window shows
//! which profile, and who listens to its events.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rushes_files::private;
use rushes_model::ids::ProfileId;
use rushes_model::notice::{Failed, Notice};
use rushes_studio::{Closing, ProfileSession, Studio, StudioError, StudioEvent, StudioOptions, StudioResult};
use specta::Types;
use specta::datatype::DataType;
use specta::function::FunctionArg;
use tauri::ipc::{Channel, CommandArg, CommandItem, InvokeError};
use tauri::{Manager, Runtime};
use tokio::sync::watch;

use crate::chosen::ChosenFiles;
use crate::media_server::Tokens;

/// The state of the application. Clones share it.
#[derive(Clone)]
pub struct Shell {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: PathBuf,
    studio: watch::Sender<Option<StudioResult<Studio>>>,
    windows: Mutex<HashMap<String, Window>>,
    restoring: tokio::sync::Mutex<()>,
    changing_settings: tokio::sync::Mutex<()>,
    settings_file: Mutex<()>,
    media_port: u16,
    tokens: Tokens,
    chosen: ChosenFiles,
    /// Held while the library is open, so that no second instance opens it.
    lock: OnceLock<File>,
    /// How to quit, once chosen.
    closing: Mutex<Option<Closing>>,
    /// Files opened with Rushes that no window has taken yet.
    asked: Mutex<Vec<PathBuf>>,
}

/// State of one window.
#[derive(Default)]
struct Window {
    open: Option<OpenSession>,
    listener: Option<Channel<StudioEvent>>,
}

struct OpenSession {
    session: ProfileSession,
    token: String,
}

impl Shell {
    /// A shell whose studio is not open yet.
    pub fn new(data_dir: PathBuf, media_port: u16, tokens: Tokens) -> Self {
        let inner = Inner {
            data_dir,
            studio: watch::channel(None).0,
            windows: Mutex::default(),
            restoring: tokio::sync::Mutex::default(),
            changing_settings: tokio::sync::Mutex::default(),
            settings_file: Mutex::default(),
            media_port,
            tokens,
            chosen: ChosenFiles::default(),
            lock: OnceLock::new(),
            closing: Mutex::default(),
            asked: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// Opens the studio, or records why it cannot be opened; commands waiting
    /// for it then continue.
    pub async fn open_studio(&self, ffmpeg: Option<PathBuf>) -> StudioResult<Studio> {
        let opened = match self.lock_library() {
            Ok(()) => {
                let data_dir = self.inner.data_dir.clone();
                Studio::open(StudioOptions { data_dir, ffmpeg, take_over: true, disk: None }).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &opened {
            tracing::error!(notice = ?error.notice, detail = error.detail, "the library could not be opened");
        }
        self.inner.studio.send_replace(Some(opened.clone()));
        opened
    }

    /// Locks the library for this application. The command line may still use it.
    fn lock_library(&self) -> StudioResult<()> {
        if self.inner.lock.get().is_some() {
            return Ok(());
        }
        let unusable = |error| StudioError::io(Failed::DataDirectory, &error);
        if !self.data_dir().is_dir() {
            private::make_own_folder(self.data_dir()).map_err(unusable)?;
        }
        let path = self.data_dir().join("window.lock");
        let opened = private::options().write(true).create(true).truncate(true).open(path);
        let file = opened.map_err(unusable)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Notice::LibraryInUse.into()),
            // Some network drives do not support locks.
            Err(TryLockError::Error(_)) | Ok(()) => {
                self.inner.lock.get_or_init(|| file);
                Ok(())
            }
        }
    }

    /// The files the editor chose in a dialog or dropped, by window.
    pub fn chosen(&self) -> &ChosenFiles {
        &self.inner.chosen
    }

    /// The studio, if it is already open.
    pub fn studio_now(&self) -> Option<Studio> {
        self.inner.studio.borrow().clone()?.ok()
    }

    /// How to quit, once chosen.
    pub fn closing(&self) -> Option<Closing> {
        *lock(&self.inner.closing)
    }

    /// Chooses how to quit.
    pub fn close_with(&self, closing: Closing) {
        *lock(&self.inner.closing) = Some(closing);
    }

    /// Keeps files opened with Rushes for a window to take.
    pub fn ask_for(&self, files: Vec<PathBuf>) {
        lock(&self.inner.asked).extend(files);
    }

    /// Takes the files opened with Rushes.
    pub fn take_asked(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *lock(&self.inner.asked))
    }

    /// The studio, once it is open.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub async fn studio(&self) -> StudioResult<Studio> {
        let mut opening = self.inner.studio.subscribe();
        match opening.wait_for(Option::is_some).await.map(|opened| opened.clone()) {
            Ok(Some(opened)) => opened,
            _ => Err(Notice::Closing.into()),
        }
    }

    /// Held while the library is restored: a second click waits, and then finds
    /// it restored.
    pub async fn restoring(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.restoring.lock().await
    }

    /// Held while settings are changed and applied, so that the studio ends up
    /// with the latest.
    pub async fn changing_settings(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.changing_settings.lock().await
    }

    /// Held while the settings file is read, changed and written.
    pub(crate) fn settings_file(&self) -> MutexGuard<'_, ()> {
        lock(&self.inner.settings_file)
    }

    /// Shows a profile in a window; access to the previous one is revoked.
    pub fn show(&self, label: &str, session: ProfileSession) -> String {
        let token = self.inner.tokens.grant(session.clone());
        let base = self.media_base(&token);
        self.chosen().forget(label);
        let mut windows = self.lock();
        let window = windows.entry(label.to_owned()).or_default();
        if let Some(before) = window.open.replace(OpenSession { session, token }) {
            self.inner.tokens.revoke(&before.token);
        }
        base
    }

    /// What a window shows, with the base URL of its media.
    pub fn shown(&self, label: &str) -> Option<(ProfileSession, String)> {
        let windows = self.lock();
        let open = windows.get(label)?.open.as_ref()?;
        Some((open.session.clone(), self.media_base(&open.token)))
    }

    /// Forgets a closed window.
    pub fn forget(&self, label: &str) {
        self.chosen().forget(label);
        if let Some(open) = self.lock().remove(label).and_then(|window| window.open) {
            self.inner.tokens.revoke(&open.token);
        }
    }

    /// Revokes access to a deleted profile in every window that shows it.
    pub fn shut_off(&self, profile: ProfileId) {
        for window in self.lock().values_mut() {
            if let Some(open) = window.open.take_if(|open| open.session.profile_id() == profile) {
                self.inner.tokens.revoke(&open.token);
            }
        }
    }

    /// Revokes access to every profile in every window before the library is replaced.
    pub fn shut_off_all(&self) {
        for window in self.lock().values_mut() {
            if let Some(open) = window.open.take() {
                self.inner.tokens.revoke(&open.token);
            }
        }
    }

    /// Sends a window the events of whichever profile it shows from now on.
    pub fn listen(&self, label: &str, listener: Channel<StudioEvent>) {
        self.lock().entry(label.to_owned()).or_default().listener = Some(listener);
    }

    /// Sends an event of one profile to the windows that show it, and to no other.
    pub fn tell(&self, profile: ProfileId, event: &StudioEvent) {
        for window in self.lock().values() {
            let Some(open) = &window.open else { continue };
            if let (true, Some(listener)) = (open.session.profile_id() == profile, &window.listener) {
                // A page that is reloading is not listening; it queries again
                // afterwards.
                let _ = listener.send(event.clone());
            }
        }
    }

    /// Sends an event without profile data to every window.
    pub fn tell_all(&self, event: &StudioEvent) {
        for window in self.lock().values() {
            if let Some(listener) = &window.listener {
                let _ = listener.send(event.clone());
            }
        }
    }

    /// The media server's base URL for a token.
    fn media_base(&self, token: &str) -> String {
        format!("http://127.0.0.1:{}/{token}", self.inner.media_port)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Window>> {
        lock(&self.inner.windows)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The session of the calling window: the only way a command reaches a profile.
/// The page cannot name another one.
pub struct WindowSession(ProfileSession);

impl Deref for WindowSession {
    type Target = ProfileSession;
    fn deref(&self) -> &ProfileSession {
        &self.0
    }
}

impl<'de, R: Runtime> CommandArg<'de, R> for WindowSession {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let shell = Shell::from_command_item(&command)?;
        match shell.shown(command.message.webview_ref().label()) {
            Some((session, _)) => Ok(Self(session)),
            None => Err(refusal(&Notice::NoProfile.into())),
        }
    }
}

/// The label of the calling window.
pub struct Caller(pub String);

impl<'de, R: Runtime> CommandArg<'de, R> for Caller {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        Ok(Self(command.message.webview_ref().label().to_owned()))
    }
}

impl<'de, R: Runtime> CommandArg<'de, R> for Shell {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        Self::from_command_item(&command)
    }
}

impl Shell {
    fn from_command_item<R: Runtime>(command: &CommandItem<'_, R>) -> Result<Self, InvokeError> {
        let state = command.message.webview_ref().try_state::<Self>();
        state.map(|shell| shell.inner().clone()).ok_or_else(|| refusal(&Notice::Starting.into()))
    }
}

/// A studio error in the form commands return it.
fn refusal(error: &StudioError) -> InvokeError {
    InvokeError(serde_json::to_value(error).unwrap_or_default())
}

// Injected, so the page does not pass them.
macro_rules! injected {
    ($($name:ty),*) => {$(
        impl FunctionArg for $name {
            fn to_datatype(_: &mut Types) -> Option<DataType> {
                None
            }
        }
    )*};
}
injected!(WindowSession, Caller, Shell);
