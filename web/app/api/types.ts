/**
 * The shapes of the HTTP interface, under the names the screens use. Everything comes from `schema.d.ts`, which
 * `npm run generate` makes of the server's own document; nothing else imports that file.
 */
import type { components, paths } from './schema.d.ts';

export type { paths };
type Schemas = components['schemas'];
type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

/**
 * What the server answers. It writes every field, `null` where there is nothing; the document can only call such fields
 * optional, because requests share some of the shapes.
 */
export type Answer<T> = T extends (infer Item)[]
  ? Answer<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Answer<Exclude<T[Key], undefined>> }
    : T;

export type List<T> = { items: T[]; next_cursor: string | null };
export type Id = string;

export type Problem = Omit<Schemas['Problem'], 'detail' | 'instance' | 'request_id'> &
  Partial<Pick<Schemas['Problem'], 'detail' | 'instance' | 'request_id'>>;
export type Role = Schemas['Role'];
export type Permission = Schemas['Permission'];
export type Me = Answer<Schemas['Me']>;
export type Money = Schemas['Money'];

export type AssetKind = Schemas['AssetKind'];
export type AssetState = Schemas['AssetState'];
export type Facets = Answer<Schemas['Facets']>;
export type VersionView = Answer<Schemas['VersionView']>;
export type CaptionView = Answer<Schemas['CaptionView']>;
export type AssetSummary = Answer<Schemas['AssetSummary']>;
export type AssetDetail = Answer<Schemas['AssetDetail']>;
export type AssetInput = Schemas['Metadata'];
export type DiffView = Answer<Schemas['DiffView']>;
export type DiffPage = Answer<Schemas['DiffPage']>;
export type Passage = Schemas['Passage'];
export type DiffSide = Answer<Schemas['DiffSide']>;
export type PageChange = Schemas['PageChange'];
export type PageView = Answer<Schemas['PageView']>;
export type UploadView = Answer<Schemas['UploadView']>;
export type Duplicate = Answer<Schemas['Duplicate']>;
export type DuplicatePair = Answer<Schemas['DuplicatePair']>;
export type ImportState = Schemas['ImportState'];
export type ImportOutcome = Schemas['ImportOutcome'];
export type ImportView = Answer<Schemas['ImportView']>;
export type ImportRow = Answer<Schemas['ImportRowView']>;
export type JobState = Schemas['JobState'];
export type JobView = Answer<Schemas['JobView']>;

export type FacetName = Schemas['Facet'];
export type AssetRow = Answer<Schemas['AssetRow']>;
export type AssetsQuery = Query<'/api/v1/assets'>;
export type AssetFilter = Query<'/api/v1/assets/counts'>;
export type AssetCounts = Answer<Schemas['AssetCounts']>;
export type AssetGap = Schemas['Gap'];
export type BulkChange = Partial<Omit<Schemas['BulkChange'], 'add' | 'remove'>> & { add?: Partial<Facets>; remove?: Partial<Facets> };
export type BulkOutcome = Schemas['BulkOutcome'];
export type BulkItem = Answer<Schemas['BulkItem']>;
export type BulkReport = Answer<Schemas['BulkReport']>;
export type VocabularyValue = Answer<Schemas['VocabularyValue']>;
export type CollectionView = Answer<Schemas['CollectionView']>;
export type CollectionInput = Partial<Schemas['CollectionInput']>;
export type Cover = Schemas['Cover'];
export type Team = Answer<Schemas['TeamView']>;
export type UserView = Answer<Schemas['UserView']>;

export type Segment = Schemas['Segment'];
export type SearchHit = Answer<Schemas['SearchHit']>;
export type FacetCount = Answer<Schemas['FacetCount']>;
export type SearchResults = Answer<Schemas['SearchResult']>;
export type SearchQuery = Query<'/api/v1/search'>;
export type SearchSort = NonNullable<SearchQuery['sort']>;
export type Suggestion = Answer<Schemas['SuggestionView']>;
export type ClickInput = Schemas['NewClick'];
export type Synonym = Answer<Schemas['SynonymView']>;
export type SynonymInput = Schemas['SynonymInput'];

export type Recommendation = Answer<Schemas['RecommendationView']>;
export type Received = Answer<Schemas['Received']>;

export type Stage = Schemas['Stage'];
export type Outcome = Schemas['Outcome'];
export type StageStop = Answer<Schemas['Stop']>;
export type OpportunityContact = Answer<Schemas['CommitteeMember']>;
export type OpportunityDetail = Answer<Schemas['OpportunityDetail']>;
export type OpportunityPatch = Schemas['OpportunityEdit'];
export type OpportunityQuery = Query<'/api/v1/opportunities'>;
export type OpportunitySort = NonNullable<OpportunityQuery['sort']>;
export type TimelineKind = Schemas['TimelineKind'];
export type ActivityKind = Schemas['ActivityKind'];
export type ActivityInput = Schemas['NewActivity'];

export type PitchItem = Answer<Schemas['PitchItem']>;
export type PitchItemInput = Schemas['PitchItemInput'];
export type PitchDetail = Answer<Schemas['PitchDetail']>;
export type PitchCreate = Schemas['NewPitch'];
export type PitchUpdate = Schemas['PitchEdit'];
export type PitchStepInput = Schemas['StepInput'];
export type StepView = Answer<Schemas['StepView']>;
export type RevisionRow = Answer<Schemas['RevisionRow']>;
export type TemplateRow = Answer<Schemas['TemplateRow']>;
export type TemplateDetail = Answer<Schemas['TemplateDetail']>;
export type TemplateStep = Schemas['TemplateStep'];
export type TemplateCreate = Partial<Schemas['NewTemplate']> & { name: string };
export type TemplateUpdate = Schemas['TemplateEdit'];
export type TemplateAudience = Schemas['TemplateAudience'];
export type AppliedTemplate = Answer<Schemas['AppliedTemplate']>;
export type LeftOut = Answer<Schemas['LeftOut']>;
export type StoryView = Answer<Schemas['StoryView']>;
export type BrandView = Answer<Schemas['BrandView']>;
export type Palette = Schemas['Palette'];
export type LinkView = Answer<Schemas['LinkView']>;
export type LinksCreate = Schemas['NewLinks'];
export type DownloadMode = Schemas['DownloadMode'];
export type LinkSettingsInput = Schemas['LinkSettings'];
export type LinkPolicy = Answer<Schemas['LinkPolicy']>;
export type LinkPolicies = Answer<Schemas['LinkPolicies']>;
export type TermsView = Answer<Schemas['TermsView']>;
export type TermsInput = Schemas['TermsInput'];

export type LinkMail = Answer<Schemas['LinkMail']>;
export type SendInput = Schemas['NewSend'];
export type Briefing = Answer<Schemas['Briefing']>;
export type Person = Answer<Schemas['Person']>;
export type Obstacle = Answer<Schemas['Obstacle']>;
export type PitchSpread = Answer<Schemas['PitchSpread']>;
export type SpreadNode = Answer<Schemas['SpreadNode']>;
export type ContactDetail = Answer<Schemas['ContactDetail']>;
export type RestrictionView = Answer<Schemas['RestrictionView']>;
export type RestrictionInput = Schemas['NewRestriction'];
export type BounceInput = Schemas['NewContactBounce'];
export type AuditView = Answer<Schemas['AuditView']>;

export type VisitView = Answer<Schemas['VisitView']>;
export type VisitClass = Schemas['VisitClass'];
export type VisitVerdict = Schemas['Verdict'];
export type ViewerView = Answer<Schemas['ViewerView']>;
export type VisitRule = Answer<Schemas['RuleView']>;
export type NewRule = Schemas['NewRule'];
export type RuleEffect = Answer<Schemas['RuleEffect']>;
export type SupersededView = Answer<Schemas['SupersededView']>;
export type SupersededReader = Answer<Schemas['SupersededReader']>;
export type ChangedPage = Answer<Schemas['ChangedPage']>;
export type TellReaders = Schemas['TellReaders'];
export type Told = Answer<Schemas['Told']>;
export type MailState = Schemas['MailState'];
export type MailView = Answer<Schemas['MailView']>;

export type NotificationView = Answer<Schemas['NotificationView']>;

export type ContentRow = Answer<Schemas['ContentRow']>;
export type ContentQuery = Query<'/api/v1/analytics/content'>;
export type ContentSort = NonNullable<ContentQuery['sort']>;
export type ContentReport = Answer<Schemas['ContentAnalytics']>;
export type SeriesPoint = Schemas['SeriesDay'];
export type Definitions = Record<string, string>;

export type UserRef = Schemas['UserRef'];
export type LifeCycle = Answer<Schemas['LifeCycle']>;
export type NextStep = Answer<Schemas['NextStep']>;
export type StepInput = Schemas['Transition'];
export type ReviewItem = Answer<Schemas['ReviewItem']>;
export type Due = 'review_due' | 'expires_soon' | 'expired';
export type Attention = Schemas['Attention'];
export type CommentView = Answer<Schemas['CommentView']>;
export type CommentInput = Schemas['NewComment'];
export type CostView = Answer<Schemas['CostView']>;
export type CostInput = Schemas['CostInput'];
export type CostKind = Schemas['CostKind'];
export type CostImportReport = Answer<Schemas['CostImportReport']>;
export type FlaggedItem = Answer<Schemas['FlaggedItem']>;
export type Replacement = Answer<Schemas['Replacement']>;
export type RequestView = Answer<Schemas['RequestView']>;
export type RequestStatus = Schemas['RequestStatus'];
export type RequestCreate = Schemas['NewRequest'];
export type RequestPatch = Schemas['RequestEdit'];
export type RequestsQuery = Query<'/api/v1/content-requests'>;

export type SignalKind = Schemas['SignalKind'];
export type SignalView = Answer<Schemas['SignalView']>;
export type SignalsQuery = Query<'/api/v1/signals'>;
export type HandleSignal = Schemas['HandleSignal'];
export type ScoreView = Answer<Schemas['ScoreView']>;
export type ScoreDay = Schemas['ScoreDay'];
export type Warmth = Schemas['Warmth'];
export type WatchMode = Schemas['WatchMode'];
export type AlertChannel = Schemas['AlertChannel'];
export type AlertSettings = Schemas['AlertSettings'];
export type AlertSettingsView = Answer<Schemas['AlertSettingsView']>;
export type QuietHours = Schemas['QuietHours'];
export type WebhookView = Answer<Schemas['WebhookView']>;
export type WebhookFormat = Schemas['WebhookFormat'];
export type WebhookCreate = Schemas['NewWebhook'];
export type WebhookPatch = Schemas['WebhookEdit'];
export type DeliveryState = Schemas['DeliveryState'];
export type DeliveryView = Answer<Schemas['DeliveryView']>;
export type DeliveryDetail = Answer<Schemas['DeliveryDetail']>;
export type QuestionView = Answer<Schemas['QuestionView']>;
export type QuestionsQuery = Query<'/api/v1/questions'>;
