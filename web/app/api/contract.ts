/**
 * The shapes of the HTTP interface, written by hand until the generated `schema.d.ts` takes over.
 * Nothing but `types.ts` imports this file.
 */

export type Id = string;
export type Role = 'rep' | 'marketer' | 'manager' | 'admin';
export type Money = { minor: number; currency: string };
export type UserRef = { id: Id; name: string };
export type Permission =
  | 'library.read'
  | 'library.write'
  | 'library.approve'
  | 'crm.read'
  | 'crm.write'
  | 'crm.import'
  | 'pitch.write'
  | 'engagement.read'
  | 'analytics.read'
  | 'admin';

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  code: string;
  request_id?: string;
  errors?: { field: string; detail: string }[];
};
export type List<T> = { items: T[]; next_cursor: string | null };

export type Me = {
  id: Id;
  email: string;
  name: string;
  role: Role;
  team: { id: Id; name: string } | null;
  time_zone: string;
  permissions: string[];
};
export type UserView = { id: Id; name: string; email: string; role: Role; active: boolean; team: { id: Id; name: string } | null };
export type SessionView = { user: Me; access_token: string; expires_at: string };
export type Health = { status?: string; demo?: boolean };

export type AssetKind =
  | 'deck' | 'case_study' | 'datasheet' | 'whitepaper' | 'price_sheet' | 'calculator' | 'battlecard'
  | 'one_pager' | 'image' | 'video' | 'template' | 'email' | 'guide' | 'other';
export type AssetState = 'draft' | 'in_review' | 'approved' | 'expired' | 'archived';
export type Facets = {
  product: string[];
  industry: string[];
  stage: string[];
  persona: string[];
  region: string[];
  competitor: string[];
  tag: string[];
};
export type VersionState = 'queued' | 'converting' | 'ready' | 'failed';
export type VersionView = {
  id: Id;
  number: number;
  file_name: string;
  media_type: string;
  format: string;
  byte_size: number;
  state: VersionState;
  pages_done: number;
  page_count: number | null;
  failure: { code: string; detail: string } | null;
  created_at: string;
  created_by: UserRef | null;
  file_url: string;
};
export type AssetSummary = {
  id: Id;
  title: string;
  kind: AssetKind;
  state: AssetState;
  internal_only: boolean;
  language: string | null;
  owner: UserRef | null;
  created_at: string;
  updated_at: string;
  current_version: VersionView | null;
  thumbnail_url: string | null;
  facets: Facets;
};
export type AssetDetail = AssetSummary & {
  description: string;
  revision: number;
  review_by: string | null;
  expires_at: string | null;
  versions: VersionView[];
};
export type AssetInput = {
  title?: string;
  description?: string;
  kind?: AssetKind;
  language?: string | null;
  internal_only?: boolean;
  state?: 'draft' | 'approved';
  facets?: Partial<Facets>;
  review_by?: string | null;
  expires_at?: string | null;
};
export type PageView = { number: number; title: string; text: string; width: number; height: number; image_url: string; thumbnail_url: string };
export type CollectionView = { id: Id; name: string; description: string; asset_count: number; assets: AssetSummary[] };
export type JobState = 'queued' | 'running' | 'done' | 'failed';
export type JobView = {
  id: Id;
  kind: string;
  state: JobState;
  subject: { kind: string; id: Id; title: string } | null;
  progress: { done: number; total: number | null };
  attempts: number;
  error: { code: string; detail: string } | null;
  created_at: string;
  finished_at: string | null;
};

export type Segment = { text: string; highlighted: boolean };
export type PageHit = { version_id: Id; number: number; title: string; snippet: Segment[]; thumbnail_url: string; image_url: string };
export type SearchHit = { asset: AssetSummary; best_page: PageHit | null; more_pages: PageHit[]; reasons: string[] };
export type FacetCount = { value: string; count: number; selected: boolean };
export type SearchResults = List<SearchHit> & {
  total_assets: number;
  total_pages: number;
  took_ms: number;
  facets: Record<string, FacetCount[]>;
};
export type SearchSort = 'relevance' | 'newest' | 'title';
export type SearchQuery = {
  q?: string;
  opportunity?: Id;
  kind?: string[];
  product?: string[];
  industry?: string[];
  stage?: string[];
  persona?: string[];
  region?: string[];
  competitor?: string[];
  language?: string[];
  tag?: string[];
  sort?: SearchSort;
  cursor?: string;
  limit?: number;
};
export type Suggestion = { title: Segment[]; asset_id: Id; version_id: Id; page_number: number | null; kind: AssetKind; thumbnail_url: string };

export type Stage = 'discovery' | 'evaluation' | 'proposal' | 'negotiation';
export type Outcome = 'open' | 'won' | 'lost';
export type OpportunitySummary = {
  id: Id;
  name: string;
  account: { id: Id; name: string; industry: string | null };
  stage: Stage;
  outcome: Outcome;
  amount: Money | null;
  product: string | null;
  owner: UserRef | null;
  opened_on: string;
  closed_on: string | null;
  expected_close_on: string | null;
  last_activity_at: string | null;
  last_read_at: string | null;
};
export type StageStop = { stage: string; entered_at: string | null; current: boolean };
export type OpportunityContact = {
  id: Id;
  name: string;
  email: string | null;
  job_title: string | null;
  persona: string | null;
  role: string | null;
  bounced: boolean;
  last_read_at: string | null;
  reads: number;
};
export type DataCheck = { code: string; severity: 'info' | 'warn' | 'bad'; detail: string };
export type OpportunityDetail = OpportunitySummary & {
  revision: number;
  competitor: string | null;
  persona: string | null;
  size: string | null;
  region: string | null;
  needs: string;
  campaign: { id: Id; name: string } | null;
  stages: StageStop[];
  contacts: OpportunityContact[];
  data_checks: DataCheck[];
};
export type OpportunityPatch = { stage?: Stage; outcome?: Outcome; expected_close_on?: string | null; needs?: string };
export type OpportunitySort = 'updated' | 'amount' | 'close';
export type TimelineKind =
  | 'call' | 'meeting' | 'note' | 'email' | 'status' | 'stage_change' | 'pitch_sent' | 'read' | 'shared' | 'downloaded';
export type TimelineItem = { at: string; kind: TimelineKind; title: string; detail: string; actor: string | null };
export type ActivityKind = 'call' | 'meeting' | 'note' | 'email' | 'status';
export type ActivityInput = { kind: ActivityKind; subject: string; body?: string; contact_id?: Id; occurred_at?: string };

export type PitchItemInput = { asset_id: Id; page_number: number | null; note?: string; section?: string };
export type PitchItem = PitchItemInput & {
  id: Id;
  version_id: Id;
  title: string;
  kind: AssetKind;
  page_count: number;
  page_title: string | null;
  thumbnail_url: string | null;
  problems: string[];
};
export type LinkState = 'active' | 'expired' | 'revoked';
export type LinkView = {
  id: Id;
  pitch_id: Id;
  url: string;
  recipient: { contact_id: Id | null; name: string | null; email: string | null };
  parent_link_id: Id | null;
  state: LinkState;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  download_allowed: boolean;
  reads: number;
  machine_visits: number;
  last_read_at: string | null;
};
export type PitchDetail = {
  id: Id;
  opportunity: { id: Id; name: string; account_name: string };
  owner: UserRef;
  title: string;
  message: string;
  revision: number;
  items: PitchItem[];
  links: LinkView[];
  created_at: string;
  updated_at: string;
  preview_url: string;
};
export type PitchSummary = {
  id: Id;
  title: string;
  opportunity: { id: Id; name: string };
  owner: UserRef;
  item_count: number;
  link_count: number;
  reads: number;
  updated_at: string;
  thumbnail_url: string | null;
};
export type PitchCreate = { opportunity_id: Id; title?: string; message?: string; items?: PitchItemInput[] };
export type PitchUpdate = { title: string; message: string; items: PitchItemInput[] };
export type LinksCreate = {
  recipients: { contact_id?: Id; name?: string; email?: string }[];
  expires_at?: string | null;
  download_allowed?: boolean;
};

export type VisitClass = 'human' | 'unverified' | 'machine';
export type VisitView = {
  id: Id;
  link_id: Id;
  pitch: { id: Id; title: string };
  opportunity: { id: Id; name: string };
  account_name: string;
  viewer_name: string | null;
  viewer_email: string | null;
  class: VisitClass;
  level: 'fetched' | 'opened' | 'read';
  reasons: string[];
  started_at: string;
  last_seen_at: string;
  active_ms: number;
  pages: { item_id: Id; item_title: string; page_number: number; active_ms: number }[];
  page_total: number;
  completion: number;
  current: { item_title: string; page_number: number } | null;
  shared: number;
  downloaded: number;
  device: string;
};
export type NotificationView = { id: number; kind: string; title: string; body: string; opportunity_id: Id | null; at: string; read_at: string | null };

export type ContentRow = {
  asset: { id: Id; title: string; kind: AssetKind; state: AssetState; thumbnail_url: string | null };
  used: number;
  sent: number;
  read: number;
  completion: number | null;
  dwell_ms_per_page: number | null;
  shares: number;
  downloads: number;
  opportunities_touched: number;
  won_amount: Money[];
  excluded_visits: number;
};
export type ContentSort = 'read' | 'used' | 'sent' | 'completion' | 'dwell' | 'opportunities' | 'won';
export type SeriesPoint = { day: string; read: number; sent: number; excluded: number };
export type Definitions = Record<string, string>;
export type ContentReport = List<ContentRow> & {
  from: string;
  to: string;
  figures: { used: number; sent: number; read: number; opportunities_touched: number; won_amount: Money[]; excluded_visits: number };
  series: SeriesPoint[];
  definitions: Definitions;
};
export type AssetReport = {
  row: ContentRow;
  series: SeriesPoint[];
  pages: { version_id: Id; page_number: number; title: string; thumbnail_url: string; views: number; active_ms: number; exits: number }[];
  opportunities: { id: Id; name: string; account_name: string; stage: Stage; outcome: Outcome; reads: number; last_read_at: string | null }[];
  definitions: Definitions;
};

/* The same in the form openapi-fetch reads: one entry per path, as openapi-typescript would generate it. */

type Json<T> = { content: { 'application/json': T } };
type Failure = { default: { content: { 'application/problem+json': Problem } } };
type Params<Path, Query, Header = never> = {
  parameters: { query?: Query; cookie?: never } & ([Path] extends [undefined] ? { path?: never } : { path: Path }) &
    ([Header] extends [never] ? { header?: never } : { header: Header });
};
type Get<Result, Path = undefined, Query = undefined> = {
  parameters: { query?: Query; path?: Path };
  get: Params<Path, Query> & { responses: { 200: Json<Result> } & Failure };
};
type Send<Body, Result> = { requestBody: Json<Body>; responses: { 200: Json<Result> } & Failure };
type ById = { id: Id };
type IfMatch = { 'If-Match': string };
type Paging = { cursor?: string; limit?: number };

export interface paths {
  '/api/v1/session': {
    post: Params<undefined, undefined> & Send<{ email: string; password: string }, SessionView>;
    delete: Params<undefined, undefined> & { responses: { 204: { content?: never } } & Failure };
  };
  '/api/v1/me': Get<Me>;
  '/healthz': Get<Health>;
  '/api/v1/users': Get<List<UserView>>;
  '/api/v1/assets': Get<List<AssetSummary>, undefined, { state?: AssetState; kind?: AssetKind; owner?: Id } & Paging>;
  '/api/v1/assets/{id}': Get<AssetDetail, ById> & { patch: Params<ById, undefined, IfMatch> & Send<AssetInput, AssetDetail> };
  '/api/v1/assets/{id}/transitions': { post: Params<ById, undefined> & Send<{ to: AssetState }, AssetDetail> };
  '/api/v1/versions/{id}/pages': Get<List<PageView>, ById, Paging>;
  '/api/v1/versions/{id}/conversion': { post: Params<ById, undefined> & { responses: { 202: Json<VersionView> } & Failure } };
  '/api/v1/collections': Get<List<CollectionView>, undefined, Paging>;
  '/api/v1/jobs': Get<List<JobView>, undefined, { state?: JobState; subject?: Id } & Paging>;
  '/api/v1/search': Get<SearchResults, undefined, SearchQuery>;
  '/api/v1/suggest': Get<{ items: Suggestion[] }, undefined, { q: string }>;
  '/api/v1/opportunities': Get<
    List<OpportunitySummary>, undefined,
    { owner?: string; outcome?: Outcome; stage?: Stage; q?: string; sort?: OpportunitySort } & Paging
  >;
  '/api/v1/opportunities/{id}': Get<OpportunityDetail, ById> & {
    patch: Params<ById, undefined, IfMatch> & Send<OpportunityPatch, OpportunityDetail>;
  };
  '/api/v1/opportunities/{id}/timeline': Get<List<TimelineItem>, ById, Paging>;
  '/api/v1/opportunities/{id}/activities': { post: Params<ById, undefined> & Send<ActivityInput, TimelineItem> };
  '/api/v1/opportunities/{id}/content': Get<{ items: ContentRow[]; definitions: Definitions }, ById>;
  '/api/v1/opportunities/{id}/visits': Get<List<VisitView>, ById, Paging>;
  '/api/v1/pitches': Get<List<PitchSummary>, undefined, { opportunity?: Id } & Paging> & {
    post: Params<undefined, undefined> & Send<PitchCreate, PitchDetail>;
  };
  '/api/v1/pitches/{id}': Get<PitchDetail, ById> & {
    put: Params<ById, undefined, IfMatch> & Send<PitchUpdate, PitchDetail>;
    delete: Params<ById, undefined> & { responses: { 204: { content?: never } } & Failure };
  };
  '/api/v1/pitches/{id}/links': { post: Params<ById, undefined> & Send<LinksCreate, { items: LinkView[] }> };
  '/api/v1/links/{id}/revoke': { post: Params<ById, undefined> & { responses: { 200: Json<LinkView> } & Failure } };
  '/api/v1/live': Get<{ items: VisitView[] }>;
  '/api/v1/notifications': Get<List<NotificationView> & { unread: number }, undefined, Paging>;
  '/api/v1/notifications/read': {
    post: Params<undefined, undefined> & { requestBody: Json<{ up_to: number }>; responses: { 204: { content?: never } } & Failure };
  };
  '/api/v1/analytics/content': Get<
    ContentReport, undefined,
    { from?: string; to?: string; team?: Id; kind?: AssetKind; q?: string; sort?: ContentSort } & Paging
  >;
  '/api/v1/analytics/content/{asset_id}': Get<AssetReport, { asset_id: Id }, { from?: string; to?: string }>;
}
