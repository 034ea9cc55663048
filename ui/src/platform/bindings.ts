import { invoke } from '@tauri-apps/api/core';

export type ProfileId = string;
export type ProjectId = string;
export type SourceId = string;
export type SegmentId = string;
export type ClipId = string;
export type ExportId = string;
export type JobId = string;

export type AppError = { code: string; message: string; detail: string | null };
export type FfmpegStatus = { found: boolean; path: string | null; version: string | null; problem: string | null };
export type AppPlatform = 'linux' | 'macos' | 'windows';
export type AppInfo = { version: string; data_dir: string; ffmpeg: FfmpegStatus; platform: AppPlatform };
export type Theme = 'system' | 'light' | 'dark';
export type Language = 'system' | 'en' | 'de';
export type Settings = {
  theme: Theme;
  language: Language;
  last_profile: ProfileId | null;
  ffmpeg_path: string | null;
  output_folder: string | null;
  auto_advance: boolean;
};
export type SettingsPatch = {
  theme?: Theme | null;
  language?: Language | null;
  last_profile?: ProfileId | null;
  ffmpeg_path?: string | null;
  output_folder?: string | null;
  auto_advance?: boolean | null;
};
export type ProfileSettings = { output_folder?: string | null };
export type Profile = {
  id: ProfileId;
  name: string;
  colour: string;
  is_default: boolean;
  created_at_ms: number;
  settings: ProfileSettings;
};
export type OpenProfile = { profile: Profile; media_base: string };
export type ProfileOverview = {
  projects: number;
  sources: number;
  clips: number;
  picked: number;
  finals: number;
  sources_us: number;
  finals_us: number;
  disk_bytes: number;
};
export type ProjectStatus = 'active' | 'done' | 'archived';
export type ProjectCounts = {
  sources: number;
  sources_us: number;
  clips: number;
  picked: number;
  rejected: number;
  finals: number;
};
export type Project = {
  id: ProjectId;
  name: string;
  description: string;
  context: string;
  target_duration_us: number;
  status: ProjectStatus;
  created_at_ms: number;
  updated_at_ms: number;
  deleted_at_ms: number | null;
  counts: ProjectCounts;
  cover_clips: ClipId[];
};
export type NewProject = {
  name?: string;
  description?: string;
  context?: string;
  target_duration_us?: number | null;
};
export type ProjectPatch = {
  name?: string | null;
  description?: string | null;
  context?: string | null;
  target_duration_us?: number | null;
  status?: ProjectStatus | null;
};
export type ProjectSort = 'recent' | 'created' | 'name';
export type ProjectQuery = {
  status?: ProjectStatus | null;
  search?: string | null;
  trashed?: boolean;
  sort?: ProjectSort;
  cursor?: string | null;
  limit?: number | null;
};
export type ProjectProgress = {
  project_id: ProjectId;
  jobs: Job[];
  progress_bp: number;
  eta_s: number | null;
  counts: ProjectCounts;
};
export type Page<T> = { items: T[]; next_cursor: string | null; total: number };
export type Refusal = { code: string; message: string };
export type ItemOutcome<T> = { item: string; done: T | null; refused: Refusal | null };

export type VideoFacts = {
  stream_index: number;
  codec: string;
  pixel_format: string;
  width: number;
  height: number;
  coded_width: number;
  coded_height: number;
  rotation_deg: number;
  sar_num: number;
  sar_den: number;
  frame_rate_milli: number;
  variable_frame_rate: boolean;
  hdr: boolean;
  transfer: string | null;
};
export type AudioFacts = {
  stream_index: number;
  codec: string;
  sample_rate_hz: number;
  channels: number;
  layout: string;
};
export type SourceFacts = {
  duration_us: number;
  size_bytes: number;
  container: string;
  video: VideoFacts;
  audio: AudioFacts | null;
  subtitle_streams: number;
  start_us: number;
};
export type SourceState = 'ready' | 'missing';
export type Source = {
  id: SourceId;
  project_id: ProjectId;
  name: string;
  path: string;
  facts: SourceFacts;
  state: SourceState;
  fingerprint: string;
  added_at_ms: number;
  copied: boolean;
};
export type Segment = {
  id: SegmentId;
  project_id: ProjectId;
  source_id: SourceId;
  name: string;
  in_us: number;
  out_us: number;
  keywords: string[];
  weight: number;
  position: number;
};
export type NewSegment = {
  source_id: SourceId;
  in_us: number;
  out_us: number;
  name?: string | null;
  keywords?: string[];
  weight?: number | null;
};
export type SegmentPatch = {
  name?: string | null;
  in_us?: number | null;
  out_us?: number | null;
  keywords?: string[] | null;
  weight?: number | null;
  project_id?: ProjectId | null;
};
export type SelectionMode = 'sequential' | 'random' | 'weighted';
export type FromSegments = {
  segment_ids?: SegmentId[];
  variant_count: number;
  selection_mode: SelectionMode;
  target_duration_us: number;
  muted?: boolean;
  seed?: number | null;
};

export type ClipKind = 'highlight' | 'montage';
export type ScoreParts = {
  motion_bp: number;
  sharpness_bp: number;
  colour_bp: number;
  loudness_bp: number;
  novelty_bp: number;
};
export type GenerateRequest = {
  source_ids?: SourceId[];
  kind: ClipKind;
  count: number;
  target_duration_us?: number | null;
  seed?: number | null;
};
export type Flag = 'unflagged' | 'picked' | 'rejected';
export type ClipOrigin = 'highlight' | 'montage' | 'segments';
export type FinalStatus = 'none' | 'rendering' | 'done' | 'stale' | 'failed';
export type RawState = 'pending' | 'ready' | 'failed';
export type Cut = { source_id: SourceId; in_us: number; out_us: number };
export type Clip = {
  id: ClipId;
  project_id: ProjectId;
  project_name: string;
  name: string;
  variant_number: number;
  origin: ClipOrigin;
  duration_us: number;
  flag: Flag;
  rating: number;
  tags: string[];
  muted: boolean;
  score_bp: number;
  score_parts: ScoreParts | null;
  raw_state: RawState;
  final_status: FinalStatus;
  revision: number;
  deleted_at_ms: number | null;
  created_at_ms: number;
  updated_at_ms: number;
};
export type FramingMode = 'fill' | 'fit' | 'blur';
export type Framing = { mode: FramingMode; centre_x_bp: number; centre_y_bp: number };
export type Cue = { start_us: number; end_us: number; text: string };
export type CaptionPosition = 'top' | 'middle' | 'bottom';
export type CaptionStyle = {
  font: string;
  size_permille: number;
  colour: string;
  outline_colour: string;
  outline_permille: number;
  position: CaptionPosition;
  margin_permille: number;
  bold: boolean;
};
export type ClipContent = { script: string; captions: Cue[]; style: CaptionStyle };
export type ContentPatch = { script?: string | null; captions?: Cue[] | null; style?: CaptionStyle | null };
export type ClipPatch = {
  name?: string | null;
  flag?: Flag | null;
  rating?: number | null;
  tags?: string[] | null;
  cuts?: Cut[] | null;
  framing?: Framing | null;
};
export type ClipDetail = { clip: Clip; cuts: Cut[]; framing: Framing; content: ClipContent; exports: Export[] };
export type ClipSort = 'oldest' | 'newest' | 'score' | 'rating' | 'duration' | 'name';
export type ClipQuery = {
  search?: string | null;
  flag?: Flag | null;
  min_rating?: number | null;
  tag?: string | null;
  origin?: ClipOrigin | null;
  final_status?: FinalStatus | null;
  trashed?: boolean;
  sort?: ClipSort;
  cursor?: string | null;
  limit?: number | null;
};
export type TrashEmptied = { clips: number; projects: number; bytes: number };

export type VideoEncoding =
  | { codec: 'h264'; crf: number; max_kbps: number }
  | { codec: 'prores' }
  | { codec: 'dnxhr' }
  | { codec: 'copy' };
export type AudioEncoding = { codec: 'aac'; kbps: number } | { codec: 'pcm' } | { codec: 'copy' };
export type LoudnessTarget = { integrated_mlufs: number; true_peak_mdb: number };
export type Container = 'mp4' | 'mov' | 'mkv';
export type FrameSize = { width: number; height: number };
export type ExportSpec = {
  frame: FrameSize | null;
  max_frame_rate_milli: number;
  container: Container;
  video: VideoEncoding;
  audio: AudioEncoding;
  loudness: LoudnessTarget | null;
  max_duration_us: number | null;
  max_bytes: number | null;
};
export type ExportPreset = { key: string; name: string; platform: string; notes: string; spec: ExportSpec };
export type RenderEstimate = {
  clip_id: ClipId;
  preset: string;
  duration_us: number;
  bytes: number;
  seconds: number;
  file_name: string;
  warnings: string[];
  messages: string[];
};
export type Export = {
  id: ExportId;
  clip_id: ClipId;
  project_id: ProjectId;
  clip_name: string;
  preset: string;
  file_name: string;
  path: string;
  size_bytes: number;
  duration_us: number;
  width: number;
  height: number;
  job_id: JobId;
  created_at_ms: number;
  stale: boolean;
};

export type JobKind = 'generate' | 'generate_from_segments' | 'refresh' | 'render' | 'sample';
export type JobState = 'queued' | 'running' | 'interrupted' | 'done' | 'failed' | 'cancelled';
export type Job = {
  id: JobId;
  project_id: ProjectId | null;
  clip_id: ClipId | null;
  kind: JobKind;
  title: string;
  state: JobState;
  stage: string | null;
  progress_bp: number;
  eta_s: number | null;
  speed_milli: number | null;
  attempts: number;
  error_code: string | null;
  error_message: string | null;
  error_detail: string | null;
  note: string | null;
  created_at_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
};
export type JobQuery = { project_id?: ProjectId | null; active?: boolean; limit?: number | null };

export type StudioEvent =
  | { type: 'job_changed'; job: Job }
  | { type: 'projects_changed' }
  | { type: 'sources_changed'; project_id: ProjectId }
  | { type: 'segments_changed'; project_id: ProjectId }
  | { type: 'clips_changed'; project_id: ProjectId }
  | { type: 'exports_changed'; project_id: ProjectId };
export type AppEvent = { type: 'profiles_changed' } | { type: 'settings_changed' };

export const commands = {
  appInfo: () => invoke<AppInfo>('app_info'),
  getSettings: () => invoke<Settings>('get_settings'),
  updateSettings: (patch: SettingsPatch) => invoke<Settings>('update_settings', { patch }),
  listProfiles: () => invoke<Profile[]>('list_profiles'),
  createProfile: (name: string, colour: string) => invoke<Profile>('create_profile', { name, colour }),
  renameProfile: (id: ProfileId, name: string) => invoke<Profile>('rename_profile', { id, name }),
  recolourProfile: (id: ProfileId, colour: string) => invoke<Profile>('recolour_profile', { id, colour }),
  setDefaultProfile: (id: ProfileId) => invoke<Profile>('set_default_profile', { id }),
  deleteProfile: (id: ProfileId, confirmName: string) => invoke<null>('delete_profile', { id, confirmName }),
  openProfile: (id: ProfileId) => invoke<OpenProfile>('open_profile', { id }),
  currentProfile: () => invoke<OpenProfile | null>('current_profile'),
  openProfileWindow: (id: ProfileId) => invoke<null>('open_profile_window', { id }),
  profileOverview: () => invoke<ProfileOverview>('profile_overview'),
  updateProfileSettings: (settings: ProfileSettings) => invoke<Profile>('update_profile_settings', { settings }),
  createProject: (project: NewProject) => invoke<Project>('create_project', { project }),
  listProjects: (query: ProjectQuery) => invoke<Page<Project>>('list_projects', { query }),
  getProject: (id: ProjectId) => invoke<Project>('get_project', { id }),
  getProjectProgress: (id: ProjectId) => invoke<ProjectProgress>('get_project_progress', { id }),
  updateProject: (id: ProjectId, patch: ProjectPatch) => invoke<Project>('update_project', { id, patch }),
  deleteProject: (id: ProjectId) => invoke<Project>('delete_project', { id }),
  restoreProject: (id: ProjectId) => invoke<Project>('restore_project', { id }),
  createSampleProject: () => invoke<Job>('create_sample_project'),
  addSources: (projectId: ProjectId, paths: string[], copy: boolean) =>
    invoke<ItemOutcome<Source>[]>('add_sources', { projectId, paths, copy }),
  listSources: (projectId: ProjectId) => invoke<Source[]>('list_sources', { projectId }),
  listAllSources: () => invoke<Source[]>('list_all_sources'),
  getSource: (id: SourceId) => invoke<Source>('get_source', { id }),
  removeSource: (id: SourceId) => invoke<null>('remove_source', { id }),
  restoreSource: (id: SourceId) => invoke<Source>('restore_source', { id }),
  relinkSource: (id: SourceId, path: string, acceptDifferent: boolean) =>
    invoke<Source>('relink_source', { id, path, acceptDifferent }),
  revealSource: (id: SourceId) => invoke<null>('reveal_source', { id }),
  generateRawClips: (projectId: ProjectId, request: GenerateRequest) =>
    invoke<Job>('generate_raw_clips', { projectId, request }),
  addSegment: (segment: NewSegment) => invoke<Segment>('add_segment', { segment }),
  listSegments: (projectId: ProjectId) => invoke<Segment[]>('list_segments', { projectId }),
  updateSegment: (id: SegmentId, patch: SegmentPatch) => invoke<Segment>('update_segment', { id, patch }),
  removeSegment: (id: SegmentId) => invoke<null>('remove_segment', { id }),
  reorderSegments: (projectId: ProjectId, ids: SegmentId[]) =>
    invoke<Segment[]>('reorder_segments', { projectId, ids }),
  generateFromSegments: (projectId: ProjectId, request: FromSegments) =>
    invoke<Job>('generate_from_segments', { projectId, request }),
  listProjectClips: (projectId: ProjectId, query: ClipQuery) =>
    invoke<Page<Clip>>('list_project_clips', { projectId, query }),
  listAllClips: (query: ClipQuery) => invoke<Page<Clip>>('list_all_clips', { query }),
  getClip: (id: ClipId) => invoke<ClipDetail>('get_clip', { id }),
  updateClip: (id: ClipId, patch: ClipPatch) => invoke<ClipDetail>('update_clip', { id, patch }),
  toggleClipSelection: (id: ClipId) => invoke<Clip>('toggle_clip_selection', { id }),
  bulkSelectClips: (ids: ClipId[], flag: Flag) => invoke<ItemOutcome<Clip>[]>('bulk_select_clips', { ids, flag }),
  removeClipAudio: (id: ClipId) => invoke<Clip>('remove_clip_audio', { id }),
  restoreClipAudio: (id: ClipId) => invoke<Clip>('restore_clip_audio', { id }),
  deleteClip: (id: ClipId) => invoke<Clip>('delete_clip', { id }),
  bulkDeleteClips: (ids: ClipId[]) => invoke<ItemOutcome<Clip>[]>('bulk_delete_clips', { ids }),
  restoreClips: (ids: ClipId[]) => invoke<ItemOutcome<Clip>[]>('restore_clips', { ids }),
  emptyTrash: () => invoke<TrashEmptied>('empty_trash'),
  updateClipContent: (id: ClipId, patch: ContentPatch) => invoke<ClipContent>('update_clip_content', { id, patch }),
  importClipCaptions: (id: ClipId, path: string) => invoke<ClipContent>('import_clip_captions', { id, path }),
  listAllTags: () => invoke<string[]>('list_all_tags'),
  listExportPresets: () => invoke<ExportPreset[]>('list_export_presets'),
  estimateRender: (ids: ClipId[], presets: string[]) =>
    invoke<RenderEstimate[]>('estimate_render', { ids, presets }),
  renderFinalClip: (id: ClipId, preset: string, folder: string | null) =>
    invoke<Job>('render_final_clip', { id, preset, folder }),
  bulkRenderClips: (ids: ClipId[], presets: string[], folder: string | null) =>
    invoke<ItemOutcome<Job>[]>('bulk_render_clips', { ids, presets, folder }),
  listExports: (projectId: ProjectId | null) => invoke<Export[]>('list_exports', { projectId }),
  revealExport: (id: ExportId) => invoke<null>('reveal_export', { id }),
  revealClip: (id: ClipId) => invoke<null>('reveal_clip', { id }),
  listJobs: (query: JobQuery) => invoke<Job[]>('list_jobs', { query }),
  getJob: (id: JobId) => invoke<Job>('get_job', { id }),
  cancelJob: (id: JobId) => invoke<Job>('cancel_job', { id }),
  retryJob: (id: JobId) => invoke<Job>('retry_job', { id }),
  pickVideos: () => invoke<string[] | null>('pick_videos'),
  pickFolder: () => invoke<string | null>('pick_folder'),
  pickCaptions: () => invoke<string | null>('pick_captions'),
  pickFileForRelink: () => invoke<string | null>('pick_file_for_relink'),
};
