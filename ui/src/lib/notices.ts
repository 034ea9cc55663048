/**
 * Words a notice in the language of the page. Adding one in Rust does not compile
 * here until it has its words.
 */
import { m } from '../paraglide/messages';
import type {
  Activity,
  BadCaptions,
  BadEdit,
  Clocks,
  Engaged,
  Failed,
  Fewer,
  Field,
  FullDisk,
  Interruption,
  Invalid,
  KilledBy,
  LostLibrary,
  MissingFolder,
  Mixed,
  MoreClips,
  NoFootage,
  NotShown,
  NotVideo,
  Notice,
  OtherFootage,
  RowKind,
  SystemReason,
  Usage,
  WayBack,
} from '../platform';
import { asFailure } from '../platform';
import { formatBytes, formatList, formatNumber, formatSeconds, formatWait } from './format';

type Of<C extends Notice['code']> = Extract<Notice, { code: C }>;

const ACTIVITY: Record<Activity, () => string> = {
  reading_source: m.notice_activity_reading_source,
  reading_file: m.notice_activity_reading_file,
  rejoining: m.notice_activity_rejoining,
  listening: m.notice_activity_listening,
  making_folder: m.notice_activity_making_folder,
  writing_file: m.notice_activity_writing_file,
  saving_file: m.notice_activity_saving_file,
  checking_destination: m.notice_activity_checking_destination,
  joining: m.notice_activity_joining,
  writing_list: m.notice_activity_writing_list,
  unifying: m.notice_activity_unifying,
  making_clip_file: m.notice_activity_making_clip_file,
  measuring_sound: m.notice_activity_measuring_sound,
  making_thumbnail: m.notice_activity_making_thumbnail,
  making_filmstrip: m.notice_activity_making_filmstrip,
  cutting: m.notice_activity_cutting,
  indexing: m.notice_activity_indexing,
  writing_captions: m.notice_activity_writing_captions,
  rendering: m.notice_activity_rendering,
  making_proxy: m.notice_activity_making_proxy,
  making_sample: m.notice_activity_making_sample,
  analysing_sound: m.notice_activity_analysing_sound,
  analysing_picture: m.notice_activity_analysing_picture,
};

const SYSTEM: Record<SystemReason, () => string> = {
  not_allowed: m.notice_system_not_allowed,
  folder_missing: m.notice_system_folder_missing,
  read_only: m.notice_system_read_only,
  bad_name: m.notice_system_bad_name,
  file_too_large: m.notice_system_file_too_large,
  other: m.notice_system_other,
};

const FAILED: Record<Failed, () => string> = {
  data_directory: m.notice_failed_data_directory,
  read_captions: m.notice_failed_read_captions,
  remove_file: m.notice_failed_remove_file,
  remove_folder: m.notice_failed_remove_folder,
  copy_source: m.notice_failed_copy_source,
  use_finals_folder: m.notice_failed_use_finals_folder,
  make_finals_folder: m.notice_failed_make_finals_folder,
  make_sources_folder: m.notice_failed_make_sources_folder,
  place_sample: m.notice_failed_place_sample,
  make_cache_folder: m.notice_failed_make_cache_folder,
  place_clip: m.notice_failed_place_clip,
  make_clips_folder: m.notice_failed_make_clips_folder,
  make_temp_folder: m.notice_failed_make_temp_folder,
  keep_analysis: m.notice_failed_keep_analysis,
  make_profile_folder: m.notice_failed_make_profile_folder,
  start: m.notice_failed_start,
};

const ROW: Record<RowKind, () => string> = {
  batch: m.notice_row_batch,
  clip: m.notice_row_clip,
  file: m.notice_row_file,
  final: m.notice_row_final,
  item: m.notice_row_item,
  job: m.notice_row_job,
  left_over: m.notice_row_left_over,
  preset: m.notice_row_preset,
  profile: m.notice_row_profile,
  project: m.notice_row_project,
  segment: m.notice_row_segment,
  snapshot: m.notice_row_snapshot,
  source: m.notice_row_source,
};

const FIELD: Record<Field, () => string> = {
  at_once: m.notice_field_at_once,
  cache_limit_mb: m.notice_field_cache_limit_mb,
  captions: m.notice_field_captions,
  centre_x_bp: m.notice_field_centre_x_bp,
  centre_y_bp: m.notice_field_centre_y_bp,
  colour: m.notice_field_colour,
  columns: m.notice_field_columns,
  confirm_name: m.notice_field_confirm_name,
  below_duration_us: m.notice_field_below_duration_us,
  context: m.notice_field_context,
  count: m.notice_field_count,
  cursor: m.notice_field_cursor,
  cuts: m.notice_field_cuts,
  description: m.notice_field_description,
  font: m.notice_field_font,
  ids: m.notice_field_ids,
  in_us: m.notice_field_in_us,
  job: m.notice_field_job,
  keywords: m.notice_field_keywords,
  limit: m.notice_field_limit,
  margin_permille: m.notice_field_margin_permille,
  min_duration_us: m.notice_field_min_duration_us,
  min_rating: m.notice_field_min_rating,
  loudness: m.notice_field_loudness,
  motion: m.notice_field_motion,
  name: m.notice_field_name,
  novelty: m.notice_field_novelty,
  out_us: m.notice_field_out_us,
  outline_colour: m.notice_field_outline_colour,
  outline_permille: m.notice_field_outline_permille,
  output_folder: m.notice_field_output_folder,
  pace: m.notice_field_pace,
  paths: m.notice_field_paths,
  preset: m.notice_field_preset,
  rating: m.notice_field_rating,
  script: m.notice_field_script,
  sharpness: m.notice_field_sharpness,
  size_permille: m.notice_field_size_permille,
  speech: m.notice_field_speech,
  style: m.notice_field_style,
  tags: m.notice_field_tags,
  target_duration_us: m.notice_field_target_duration_us,
  to_us: m.notice_field_to_us,
  track: m.notice_field_track,
  tracks: m.notice_field_tracks,
  trim_end: m.notice_field_trim_end,
  trim_start: m.notice_field_trim_start,
  variant_count: m.notice_field_variant_count,
  weight: m.notice_field_weight,
  zoom_percent: m.notice_field_zoom_percent,
};

const INVALID: { [W in Invalid['why']]: (n: Extract<Invalid, { why: W }>, field: string) => string } = {
  name_empty: () => m.notice_invalid_name_empty(),
  name_too_long: (n) =>
    m.notice_invalid_name_too_long({ most: formatNumber(n.most), length: formatNumber(n.length) }),
  name_control: () => m.notice_invalid_name_control(),
  text_too_long: (n) =>
    m.notice_invalid_text_too_long({ most: formatNumber(n.most), length: formatNumber(n.length) }),
  text_nul: () => m.notice_invalid_text_nul(),
  target_duration: () => m.notice_invalid_target_duration(),
  clip_count: (n) => m.notice_invalid_clip_count({ most: formatNumber(n.most) }),
  out_of_range: (n, field) =>
    m.notice_invalid_out_of_range({ field, low: formatNumber(n.low), high: formatNumber(n.high) }),
  colour: () => m.notice_invalid_colour(),
  tag_too_long: () => m.notice_invalid_tag_too_long(),
  too_many_tags: () => m.notice_invalid_too_many_tags(),
  too_many_captions: (n) => m.notice_invalid_too_many_captions({ most: formatNumber(n.most) }),
  caption_backwards: (n) => m.notice_invalid_caption_backwards({ number: formatNumber(n.number) }),
  caption_after_clip: (n) =>
    m.notice_invalid_caption_after_clip({
      number: formatNumber(n.number),
      clip_us: formatSeconds(n.clip_us),
    }),
  captions_overlap: (n) =>
    m.notice_invalid_captions_overlap({ number: formatNumber(n.number), next: formatNumber(n.next) }),
  no_cuts: () => m.notice_invalid_no_cuts(),
  too_many_cuts: (n) => m.notice_invalid_too_many_cuts({ most: formatNumber(n.most) }),
  too_many_clips: (n) => m.notice_invalid_too_many_clips({ most: formatNumber(n.most) }),
  too_many_finals: (n) => m.notice_invalid_too_many_finals({ most: formatNumber(n.most) }),
  too_many_files: (n) =>
    m.notice_invalid_too_many_files({ named: formatNumber(n.named), most: formatNumber(n.most) }),
  in_point_outside: () => m.notice_invalid_in_point_outside(),
  out_point_outside: () => m.notice_invalid_out_point_outside(),
  piece_too_short: () => m.notice_invalid_piece_too_short(),
  segments_incomplete: () => m.notice_invalid_segments_incomplete(),
  no_such_track: () => m.notice_invalid_no_such_track(),
  no_sound: (n) => m.notice_invalid_no_sound({ name: n.name }),
  one_track: (n) => m.notice_invalid_one_track({ name: n.name }),
  other_tracks: (n) =>
    m.notice_invalid_other_tracks({
      name: n.name,
      last: formatNumber(n.last),
      number: formatNumber(n.number),
    }),
  score_weight: () => m.notice_invalid_score_weight(),
  cursor: () => m.notice_invalid_cursor(),
  job_not_waiting: () => m.notice_invalid_job_not_waiting(),
  other_name: () => m.notice_invalid_other_name(),
  columns: (n) => m.notice_invalid_columns({ most: formatNumber(n.most) }),
  end_before_start: () => m.notice_invalid_end_before_start(),
  no_such_folder: () => m.notice_invalid_no_such_folder(),
  zoom: (n) => m.notice_invalid_zoom({ low: formatNumber(n.low), high: formatNumber(n.high) }),
  not_a_time: () => m.notice_invalid_not_a_time(),
  centre: () => m.notice_invalid_centre(),
  no_such_preset: (n) => m.notice_invalid_no_such_preset({ name: n.name }),
  nothing_left: () => m.notice_invalid_nothing_left(),
  style: (n) => m.notice_invalid_style({ text: n.text }),
};

const BUSY: Record<Engaged, () => string> = {
  same_work: m.notice_busy_same_work,
  making_clips: m.notice_busy_making_clips,
  rendering: m.notice_busy_rendering,
  library_used: m.notice_busy_library_used,
  terminal: m.notice_busy_terminal,
};

const LIBRARY_CORRUPT: Record<WayBack, () => string> = {
  window: m.notice_library_corrupt_window,
  terminal: m.notice_library_corrupt_terminal,
};

const LIBRARY_MISSING: Record<LostLibrary, () => string> = {
  has_snapshot: m.notice_library_missing_has_snapshot,
  no_snapshot: m.notice_library_missing_no_snapshot,
  terminal: m.notice_library_missing_terminal,
};

const DISK_FULL: Record<FullDisk, () => string> = {
  full: m.notice_disk_full_full,
  takes_nothing: m.notice_disk_full_takes_nothing,
  adds_later: m.notice_disk_full_adds_later,
  terminal: m.notice_disk_full_terminal,
};

const FOLDER_MISSING: Record<MissingFolder, () => string> = {
  gone: m.notice_folder_missing_gone,
  terminal: m.notice_folder_missing_terminal,
};

const NOT_A_VIDEO: Record<NotVideo, (n: Of<'not_a_video'>) => string> = {
  unrecognised: (n) => m.notice_not_a_video_unrecognised({ name: n.name }),
  audio_only: (n) => m.notice_not_a_video_audio_only({ name: n.name }),
  cover_only: (n) => m.notice_not_a_video_cover_only({ name: n.name }),
  still_picture: (n) => m.notice_not_a_video_still_picture({ name: n.name }),
  bare_stream: (n) => m.notice_not_a_video_bare_stream({ name: n.name }),
  playlist: (n) => m.notice_not_a_video_playlist({ name: n.name }),
  too_large: (n) => m.notice_not_a_video_too_large({ name: n.name }),
  unknown_codec: (n) => m.notice_not_a_video_unknown_codec({ name: n.name }),
};

const UNEVEN_CLOCK: Record<Clocks, (n: Of<'uneven_clock'>) => string> = {
  joined: (n) => m.notice_uneven_clock_joined({ name: n.name, parts: formatNumber(n.parts) }),
  leaping: (n) => m.notice_uneven_clock_leaping({ name: n.name, parts: formatNumber(n.parts) }),
};

const DIFFERENT_FOOTAGE: Record<OtherFootage, (n: Of<'different_footage'>) => string> = {
  different: (n) => m.notice_different_footage_different({ name: n.name, original: n.original }),
  shorter: (n) => m.notice_different_footage_shorter({ name: n.name, original: n.original }),
};

const NO_SOURCES: Record<NoFootage, () => string> = {
  none_yet: m.notice_no_sources_none_yet,
  none_usable: m.notice_no_sources_none_usable,
};

const BAD_CAPTIONS: { [W in BadCaptions['why']]: (n: Extract<BadCaptions, { why: W }>) => string } = {
  bad_time: (n) => m.notice_bad_captions_bad_time({ line: formatNumber(n.line), text: n.text }),
  backwards: (n) => m.notice_bad_captions_backwards({ line: formatNumber(n.line) }),
  empty: () => m.notice_bad_captions_empty(),
  not_a_file: () => m.notice_bad_captions_not_a_file(),
  too_large: () => m.notice_bad_captions_too_large(),
  after_clip: () => m.notice_bad_captions_after_clip(),
};

const FFMPEG_KILLED: Record<KilledBy, (n: Of<'ffmpeg_killed'>) => string> = {
  memory: m.notice_ffmpeg_killed_memory,
  other: (n) => m.notice_ffmpeg_killed_other({ activity: ACTIVITY[n.activity]() }),
};

const BAD_EDIT: { [W in BadEdit['why']]: (n: Extract<BadEdit, { why: W }>) => string } = {
  empty: () => m.notice_bad_edit_empty(),
  backwards: (n) => m.notice_bad_edit_backwards({ number: formatNumber(n.number) }),
  outside: (n) => m.notice_bad_edit_outside({ number: formatNumber(n.number) }),
};

const NOT_LOSSLESS: Record<Mixed, () => string> = {
  codecs: m.notice_not_lossless_codecs,
  sizes: m.notice_not_lossless_sizes,
  pixel_formats: m.notice_not_lossless_pixel_formats,
  silence: m.notice_not_lossless_silence,
  sounds: m.notice_not_lossless_sounds,
  encoders: m.notice_not_lossless_encoders,
};

const INTERRUPTED: Record<Interruption, () => string> = {
  adds_later: m.notice_interrupted_adds_later,
  terminal: m.notice_interrupted_terminal,
};

const FEWER_CLIPS: Record<Fewer, () => string> = {
  no_footage: m.notice_fewer_clips_no_footage,
  used_up: m.notice_fewer_clips_used_up,
  used_again: m.notice_fewer_clips_used_again,
  too_short: m.notice_fewer_clips_too_short,
  blank: m.notice_fewer_clips_blank,
  frozen: m.notice_fewer_clips_frozen,
  repetitive: m.notice_fewer_clips_repetitive,
};

const FEWER_VARIANTS: Record<MoreClips, (n: Of<'fewer_variants'>) => string> = {
  more_segments: (n) =>
    m.notice_fewer_variants_more_segments({
      count: n.count,
      shown: formatNumber(n.count),
      asked: formatNumber(n.asked),
    }),
  at_random: (n) =>
    m.notice_fewer_variants_at_random({
      count: n.count,
      shown: formatNumber(n.count),
      asked: formatNumber(n.asked),
    }),
};

const REVEAL: Record<NotShown, (n: Of<'reveal'>) => string> = {
  no_file_manager: (n) => m.notice_reveal_no_file_manager({ path: n.path }),
  gone: (n) => m.notice_reveal_gone({ path: n.path }),
};

const USAGE: { [W in Usage['why']]: (n: Extract<Usage, { why: W }>) => string } = {
  no_home: () => m.notice_usage_no_home(),
  arguments: (n) => m.notice_usage_arguments({ text: n.text }),
};

const NOTICES: { [C in Notice['code']]: (n: Of<C>) => string } = {
  written: (n) => n.text,
  cancelled: m.notice_cancelled,
  internal: m.notice_internal,
  not_found: (n) => m.notice_not_found({ row: ROW[n.row]() }),
  invalid: (n) => invalid(n.reason, FIELD[n.field]()),
  busy: (n) => BUSY[n.why](),
  job_over: m.notice_job_over,
  name_taken: m.notice_name_taken,
  last_profile: m.notice_last_profile,
  no_profile: m.notice_no_profile,
  library_corrupt: (n) => LIBRARY_CORRUPT[n.why](),
  library_missing: (n) => LIBRARY_MISSING[n.why](),
  library_newer: m.notice_library_newer,
  library_migration: m.notice_library_migration,
  library: m.notice_library,
  library_sound: m.notice_library_sound,
  library_in_use: m.notice_library_in_use,
  disk_full: (n) => DISK_FULL[n.why](),
  disk_short: (n) =>
    m.notice_disk_short({
      needed_bytes: formatBytes(n.needed_bytes),
      spare_bytes: formatBytes(n.spare_bytes),
      free_bytes: formatBytes(n.free_bytes),
    }),
  disk_refuses: (n) => m.notice_disk_refuses({ tries: formatNumber(n.tries) }),
  drive_silent: (n) => m.notice_drive_silent({ folder: n.folder }),
  folder_missing: (n) => FOLDER_MISSING[n.why](),
  permission: (n) => m.notice_permission({ failed: FAILED[n.failed]() }),
  file_missing: (n) => m.notice_file_missing({ failed: FAILED[n.failed]() }),
  io: (n) => m.notice_io({ failed: FAILED[n.failed]() }),
  file_failed: (n) =>
    m.notice_file_failed({ activity: ACTIVITY[n.activity](), name: n.name, system: SYSTEM[n.system]() }),
  output_unwritable: (n) => m.notice_output_unwritable({ folder: n.folder, system: SYSTEM[n.system]() }),
  file_exists: (n) => m.notice_file_exists({ name: n.name }),
  files_left: (n) => m.notice_files_left({ count: n.count, shown: formatNumber(n.count) }),
  file_not_found: (n) => m.notice_file_not_found({ name: n.name }),
  file_unreadable: (n) => m.notice_file_unreadable({ name: n.name }),
  not_a_file: (n) => m.notice_not_a_file({ name: n.name }),
  file_empty: (n) => m.notice_file_empty({ name: n.name }),
  not_a_video: (n) => NOT_A_VIDEO[n.why](n),
  file_truncated: (n) => m.notice_file_truncated({ name: n.name }),
  zero_duration: (n) => m.notice_zero_duration({ name: n.name }),
  uneven_clock: (n) => UNEVEN_CLOCK[n.why](n),
  probe_timed_out: (n) => m.notice_probe_timed_out({ name: n.name }),
  already_added: (n) => m.notice_already_added({ name: n.name }),
  different_footage: (n) => DIFFERENT_FOOTAGE[n.why](n),
  source_missing: (n) => m.notice_source_missing({ name: n.name }),
  source_changed: (n) => m.notice_source_changed({ name: n.name }),
  copy_changed: (n) => m.notice_copy_changed({ name: n.name }),
  no_sources: (n) => NO_SOURCES[n.why](),
  no_segments: m.notice_no_segments,
  no_clip_file: m.notice_no_clip_file,
  bad_captions: (n) => badCaptions(n.reason),
  ffmpeg_missing: (n) => m.notice_ffmpeg_missing({ tool: n.tool }),
  ffmpeg_unsuitable: (n) => m.notice_ffmpeg_unsuitable({ missing: formatList(n.missing) }),
  ffmpeg_failed: (n) => m.notice_ffmpeg_failed({ activity: ACTIVITY[n.activity]() }),
  ffmpeg_killed: (n) => FFMPEG_KILLED[n.why](n),
  ffmpeg_crashed: (n) => m.notice_ffmpeg_crashed({ activity: ACTIVITY[n.activity]() }),
  ffmpeg_stalled: (n) =>
    m.notice_ffmpeg_stalled({ activity: ACTIVITY[n.activity](), silent_s: formatWait(n.silent_s) }),
  suspended: m.notice_suspended,
  bad_timestamps: m.notice_bad_timestamps,
  form_changes: m.notice_form_changes,
  wrong_output: (n) => m.notice_wrong_output({ activity: ACTIVITY[n.activity]() }),
  bad_edit: (n) => badEdit(n.reason),
  not_lossless: (n) => NOT_LOSSLESS[n.why](),
  no_display_times: (n) => m.notice_no_display_times({ name: n.name }),
  begins_later: (n) => m.notice_begins_later({ name: n.name, first_us: formatSeconds(n.first_us) }),
  interrupted: (n) => INTERRUPTED[n.why](),
  paused: m.notice_paused,
  job_payload: m.notice_job_payload,
  no_clips: (n) => m.notice_no_clips({ reasons: n.reasons.map(noticeWords).join(' ') }),
  fewer_clips: (n) => FEWER_CLIPS[n.why](),
  segments_short: m.notice_segments_short,
  fewer_variants: (n) => FEWER_VARIANTS[n.why](n),
  clips_failed: (n) =>
    m.notice_clips_failed({ count: n.count, shown: formatNumber(n.count), reason: noticeWords(n.reason) }),
  rejoined: (n) => m.notice_rejoined({ name: n.name, parts: formatNumber(n.parts) }),
  encoded_in_software: m.notice_encoded_in_software,
  hardware_failed: (n) => m.notice_hardware_failed({ encoder: n.encoder, reason: noticeWords(n.reason) }),
  loudness_missed: (n) =>
    m.notice_loudness_missed({
      heard_mlufs: formatNumber(n.heard_mlufs / 1000, 1),
      target_mlufs: formatNumber(n.target_mlufs / 1000, 1),
    }),
  font_replaced: (n) => m.notice_font_replaced({ font: n.font, taken: n.taken }),
  closing: m.notice_closing,
  starting: m.notice_starting,
  settings: m.notice_settings,
  window: m.notice_window,
  not_chosen: m.notice_not_chosen,
  reveal: (n) => REVEAL[n.why](n),
  usage: (n) => usage(n.reason),
  no_profile_yet: m.notice_no_profile_yet,
  no_profile_named: (n) => m.notice_no_profile_named({ name: n.name }),
  no_default_profile: m.notice_no_default_profile,
  ambiguous: m.notice_ambiguous,
};

function invalid<W extends Invalid['why']>(reason: Extract<Invalid, { why: W }>, field: string): string {
  return INVALID[reason.why as W](reason, field);
}

function badCaptions<W extends BadCaptions['why']>(reason: Extract<BadCaptions, { why: W }>): string {
  return BAD_CAPTIONS[reason.why as W](reason);
}

function badEdit<W extends BadEdit['why']>(reason: Extract<BadEdit, { why: W }>): string {
  return BAD_EDIT[reason.why as W](reason);
}

function usage<W extends Usage['why']>(reason: Extract<Usage, { why: W }>): string {
  return USAGE[reason.why as W](reason);
}

/** A notice in a sentence or two, with the next step in it. */
export function noticeWords<C extends Notice['code']>(notice: Of<C>): string {
  return NOTICES[notice.code as C](notice);
}

/** Several remarks, one after the other. */
export function noticesWords(notices: readonly Notice[]): string {
  return notices.map((notice) => noticeWords(notice)).join(' ');
}

/** What to tell of anything thrown. */
export function failureWords(thrown: unknown): string {
  return noticeWords(asFailure(thrown).notice);
}
