//! Profiles, which own everything else.

use rushes_model::ids::ProfileId;
use rushes_model::notice::{Field, Invalid, RowKind};
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{Row, SqliteConnection};

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Profile, ProfileSettings};

const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Profile };

pub(crate) fn read(row: &SqliteRow) -> Result<Profile, sqlx::Error> {
    Ok(Profile {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        colour: row.try_get("colour")?,
        is_default: row.try_get("is_default")?,
        created_at_ms: row.try_get("created_at")?,
        settings: row.try_get::<Json<ProfileSettings>, _>("settings")?.0,
    })
}

/// Makes the oldest profile the default if there is none.
pub(crate) async fn keep_a_default(connection: &mut SqliteConnection) -> LibraryResult<()> {
    sqlx::query(
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
        let rows =
            sqlx::query("SELECT * FROM profiles ORDER BY created_at, id").fetch_all(&self.reader).await?;
        rows.iter().map(|row| read(row).map_err(Into::into)).collect()
    }

    /// One profile.
    pub async fn get_profile(&self, id: ProfileId) -> LibraryResult<Profile> {
        let row = sqlx::query("SELECT * FROM profiles WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.reader)
            .await?
            .ok_or(NOT_FOUND)?;
        Ok(read(&row)?)
    }

    /// Creates a profile. The first one becomes the default.
    pub async fn create_profile(&self, name: &str, colour: &str) -> LibraryResult<Profile> {
        let name = limits::name(Field::Name, name)?;
        let colour = limits::colour(Field::Colour, colour)?;
        let id = ProfileId::new();
        sqlx::query(
            "INSERT INTO profiles (id, name, name_folded, colour, is_default, created_at)
             VALUES (?, ?, ?, ?, NOT EXISTS (SELECT 1 FROM profiles), ?)",
        )
        .bind(id)
        .bind(&name)
        .bind(limits::fold(&name))
        .bind(colour)
        .bind(crate::now_ms())
        .execute(&self.writer)
        .await
        .map_err(taken_name)?;
        self.get_profile(id).await
    }

    /// Renames a profile.
    pub async fn rename_profile(&self, id: ProfileId, name: &str) -> LibraryResult<Profile> {
        let name = limits::name(Field::Name, name)?;
        let done = sqlx::query("UPDATE profiles SET name = ?, name_folded = ? WHERE id = ?")
            .bind(&name)
            .bind(limits::fold(&name))
            .bind(id)
            .execute(&self.writer)
            .await
            .map_err(taken_name)?;
        self.changed_profile(id, done.rows_affected()).await
    }

    /// Changes the colour of a profile.
    pub async fn recolour_profile(&self, id: ProfileId, colour: &str) -> LibraryResult<Profile> {
        let colour = limits::colour(Field::Colour, colour)?;
        let done = sqlx::query("UPDATE profiles SET colour = ? WHERE id = ?")
            .bind(colour)
            .bind(id)
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
        let mut settings: Json<ProfileSettings> =
            sqlx::query_scalar("SELECT settings FROM profiles WHERE id = ?")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?
                .ok_or(NOT_FOUND)?;
        change(&mut settings.0)?;
        sqlx::query("UPDATE profiles SET settings = ? WHERE id = ?")
            .bind(settings)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.get_profile(id).await
    }

    /// Sets the profile that the application opens with.
    pub async fn set_default_profile(&self, id: ProfileId) -> LibraryResult<Profile> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE profiles SET is_default = 0 WHERE is_default = 1 AND id <> ?")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let done =
            sqlx::query("UPDATE profiles SET is_default = 1 WHERE id = ?").bind(id).execute(&mut *tx).await?;
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
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM profiles WHERE id = ?")
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        let name = name.ok_or(NOT_FOUND)?;
        if name != confirm_name.trim() {
            return Err(LibraryError::invalid(Field::ConfirmName, Invalid::OtherName));
        }
        let others: i64 = sqlx::query_scalar("SELECT count(*) FROM profiles WHERE id <> ?")
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
        if others == 0 {
            return Err(LibraryError::LastProfile);
        }
        sqlx::query("DELETE FROM profiles WHERE id = ?").bind(id).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO deleted_profiles (id, deleted_at) VALUES (?, ?)")
            .bind(id)
            .bind(crate::now_ms())
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
        Ok(sqlx::query_scalar("SELECT id FROM deleted_profiles ORDER BY id").fetch_all(&self.reader).await?)
    }

    /// Records that nothing is left of a deleted profile.
    pub async fn forget_deleted_profile(&self, id: ProfileId) -> LibraryResult<()> {
        sqlx::query("DELETE FROM deleted_profiles WHERE id = ?").bind(id).execute(&self.writer).await?;
        Ok(())
    }

    async fn changed_profile(&self, id: ProfileId, rows: u64) -> LibraryResult<Profile> {
        if rows == 0 { Err(NOT_FOUND) } else { self.get_profile(id).await }
    }
}
