//! Profiles, which own everything else.

use rushes_model::ids::ProfileId;
use rushes_model::notice::{Field, Invalid, RowKind};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Profile, ProfileSettings};

const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Profile };

/// A profile as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct ProfileColumns {
    id: ProfileId,
    name: String,
    colour: String,
    is_default: bool,
    created_at: i64,
    settings: Json<ProfileSettings>,
}

impl From<ProfileColumns> for Profile {
    fn from(row: ProfileColumns) -> Self {
        Self {
            id: row.id,
            name: row.name,
            colour: row.colour,
            is_default: row.is_default,
            created_at_ms: row.created_at,
            settings: row.settings.0,
        }
    }
}

/// A statement that reads profiles.
macro_rules! select_profiles {
    ($which:literal $(, $bind:expr)*) => {
        sqlx::query_as!(
            ProfileColumns,
            r#"SELECT id AS "id: _", name, colour, is_default AS "is_default: _", created_at,
                      settings AS "settings: _"
                 FROM profiles "#
                + $which
            $(, $bind)*
        )
    };
}

/// Makes the oldest profile the default if there is none.
pub(crate) async fn keep_a_default(connection: &mut SqliteConnection) -> LibraryResult<()> {
    sqlx::query!(
        "UPDATE profiles SET is_default = 1
         WHERE id = (SELECT id FROM profiles ORDER BY created_at, id LIMIT 1)
           AND NOT EXISTS (SELECT 1 FROM profiles WHERE is_default = 1)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Besides the key and the default, the only unique index is on folded names.
fn taken_name(error: sqlx::Error) -> LibraryError {
    LibraryError::unless_unique(error, LibraryError::NameTaken)
}

impl Library {
    /// All profiles, oldest first.
    pub async fn list_profiles(&self) -> LibraryResult<Vec<Profile>> {
        let profiles =
            select_profiles!("ORDER BY created_at, id").map(Profile::from).fetch_all(&self.reader).await?;
        Ok(profiles)
    }

    /// One profile.
    pub async fn get_profile(&self, id: ProfileId) -> LibraryResult<Profile> {
        select_profiles!("WHERE id = ?", id)
            .map(Profile::from)
            .fetch_optional(&self.reader)
            .await?
            .ok_or(NOT_FOUND)
    }

    /// Creates a profile. The first one becomes the default.
    pub async fn create_profile(&self, name: &str, colour: &str) -> LibraryResult<Profile> {
        let name = limits::name(Field::Name, name)?;
        let colour = limits::colour(Field::Colour, colour)?;
        let id = ProfileId::new();
        sqlx::query!(
            "INSERT INTO profiles (id, name, name_folded, colour, is_default, created_at)
             VALUES (?, ?, ?, ?, NOT EXISTS (SELECT 1 FROM profiles), ?)",
            id,
            name,
            limits::fold(&name),
            colour,
            crate::now_ms()
        )
        .execute(&self.writer)
        .await
        .map_err(taken_name)?;
        self.get_profile(id).await
    }

    /// Renames a profile.
    pub async fn rename_profile(&self, id: ProfileId, name: &str) -> LibraryResult<Profile> {
        let name = limits::name(Field::Name, name)?;
        let done = sqlx::query!(
            "UPDATE profiles SET name = ?, name_folded = ? WHERE id = ?",
            name,
            limits::fold(&name),
            id
        )
        .execute(&self.writer)
        .await
        .map_err(taken_name)?;
        self.changed_profile(id, done.rows_affected()).await
    }

    /// Changes the colour of a profile.
    pub async fn recolour_profile(&self, id: ProfileId, colour: &str) -> LibraryResult<Profile> {
        let colour = limits::colour(Field::Colour, colour)?;
        let done = sqlx::query!("UPDATE profiles SET colour = ? WHERE id = ?", colour, id)
            .execute(&self.writer)
            .await?;
        self.changed_profile(id, done.rows_affected()).await
    }

    /// Changes the settings of a profile. Reads and writes in one transaction, so that two
    /// windows can change two settings at once.
    pub async fn change_profile_settings(
        &self,
        id: ProfileId,
        change: impl FnOnce(&mut ProfileSettings) -> LibraryResult<()> + Send,
    ) -> LibraryResult<Profile> {
        let mut tx = self.begin().await?;
        let mut settings = sqlx::query_scalar!(
            r#"SELECT settings AS "settings: Json<ProfileSettings>" FROM profiles WHERE id = ?"#,
            id
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(NOT_FOUND)?;
        change(&mut settings.0)?;
        sqlx::query!("UPDATE profiles SET settings = ? WHERE id = ?", settings, id).execute(&mut *tx).await?;
        tx.commit().await?;
        self.get_profile(id).await
    }

    /// Sets the profile that the application opens with.
    pub async fn set_default_profile(&self, id: ProfileId) -> LibraryResult<Profile> {
        let mut tx = self.begin().await?;
        sqlx::query!("UPDATE profiles SET is_default = 0 WHERE is_default = 1 AND id <> ?", id)
            .execute(&mut *tx)
            .await?;
        let done =
            sqlx::query!("UPDATE profiles SET is_default = 1 WHERE id = ?", id).execute(&mut *tx).await?;
        if done.rows_affected() == 0 {
            return Err(NOT_FOUND);
        }
        tx.commit().await?;
        self.get_profile(id).await
    }

    /// Deletes a profile with all of its rows. `confirm_name` must be its name.
    ///
    /// # Errors
    /// [`LibraryError::LastProfile`] for the last one; [`LibraryError::Invalid`] if the
    /// name differs.
    pub async fn delete_profile(&self, id: ProfileId, confirm_name: &str) -> LibraryResult<()> {
        let mut tx = self.begin_deleting().await?;
        let name = sqlx::query_scalar!("SELECT name FROM profiles WHERE id = ?", id)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(NOT_FOUND)?;
        if name != confirm_name.trim() {
            return Err(LibraryError::invalid(Field::ConfirmName, Invalid::OtherName));
        }
        let others = sqlx::query_scalar!("SELECT count(*) FROM profiles WHERE id <> ?", id)
            .fetch_one(&mut *tx)
            .await?;
        if others == 0 {
            return Err(LibraryError::LastProfile);
        }
        sqlx::query!("DELETE FROM profiles WHERE id = ?", id).execute(&mut *tx).await?;
        sqlx::query!("INSERT INTO deleted_profiles (id, deleted_at) VALUES (?, ?)", id, crate::now_ms())
            .execute(&mut *tx)
            .await?;
        keep_a_default(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deleted profiles whose folders still have to be removed. A folder without a profile
    /// row is not enough: a library restored from a snapshot does not know the profiles
    /// created after it.
    pub async fn deleted_profiles(&self) -> LibraryResult<Vec<ProfileId>> {
        Ok(sqlx::query_scalar!(r#"SELECT id AS "id: ProfileId" FROM deleted_profiles ORDER BY id"#)
            .fetch_all(&self.reader)
            .await?)
    }

    /// Records that nothing is left of a deleted profile.
    pub async fn forget_deleted_profile(&self, id: ProfileId) -> LibraryResult<()> {
        sqlx::query!("DELETE FROM deleted_profiles WHERE id = ?", id).execute(&self.writer).await?;
        Ok(())
    }

    async fn changed_profile(&self, id: ProfileId, rows: u64) -> LibraryResult<Profile> {
        if rows == 0 { Err(NOT_FOUND) } else { self.get_profile(id).await }
    }
}
