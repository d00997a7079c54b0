package policy

import (
	"slices"
	"strings"

	"github.com/clientele/clientele"
)

// Entry is one permission as people read it.
type Entry struct {
	Permission Permission
	Means      string // completes "may …"
	Changes    bool   // whether it changes anything
	Own        string // what it is bound to for those whom it is not granted without a bound
}

var entries []Entry

func reads(name, means string) Permission   { return add(name, means, false) }
func changes(name, means string) Permission { return add(name, means, true) }

func add(name, means string, changes bool) Permission {
	p := Permission{name}
	entries = append(entries, Entry{p, means, changes, "own units"})
	return p
}

// changesOwn adds a permission to change things, which some have for those of their own alone.
func changesOwn(name, means, own string) Permission {
	p := changes(name, means)
	entries[len(entries)-1].Own = own
	return p
}

// readsOwn adds a permission to see things, which some have for those of their own alone.
func readsOwn(name, means, own string) Permission {
	p := reads(name, means)
	entries[len(entries)-1].Own = own
	return p
}

// Anyone is what needs no account: signing in, and what a page is drawn with. It is declared
// like any permission, so that nothing is open because it was forgotten.
var Anyone = Permission{"anyone"}

// The permissions. Each completes "may …".
var (
	OwnAccount        = changes("account.own", "manage their own account, sessions and tokens")
	ReadRoles         = reads("roles.read", "see what each role can see and do")
	ReadDefinitions   = reads("definitions.read", "read what customer, lost and value mean")
	ProposeDefinition = changes("definitions.propose", "propose another definition")
	ApproveDefinition = changes("definitions.approve", "approve a definition")
	ReadStatement     = reads("statement.read", "see the totals of the statement, its movements, growth and contracts")
	ReadRows          = reads("rows.read", "see segments, and the customers and orders behind a figure")
	ReadModel         = reads("model.read", "see how the models were fitted and checked")
	ChooseModel       = changes("model.choose", "compare models, and so choose the one in use")
	ReadMeasures      = reads("measures.read", "see what is measured at touchpoints")
	MarkEvents        = changes("measures.mark", "mark events on the charts of measures")
	ReadGoals         = reads("goals.read", "see what is aimed at")
	SetGoal           = changes("goals.set", "set what is aimed at")
	ReadJourneys      = reads("journeys.read", "see the journeys, their touchpoints, and who answers for each")
	EditJourneys      = changesOwn("journeys.edit", "draw journeys, and say who answers for a touchpoint", "own touchpoints' notes")
	ReadCases         = readsOwn("cases.read", "see cases: what let a customer down, and what was done about it", "own cases")
	WorkCases         = changesOwn("cases.work", "take cases, and say how they were settled", "own cases")
	SetCaseRules      = changes("cases.rules", "say what opens a case, and when it is due")
	ReadThemes        = reads("themes.read", "see what customers say, as themes and sentiment")
	ReadComments      = reads("comments.read", "read what customers wrote, without who")
	EditThemes        = changes("themes.edit", "name, merge and own themes")
	ReadSurveys       = reads("surveys.read", "see surveys, and what was answered")
	RunSurveys        = changes("surveys.run", "make, send and close surveys")
	InviteToSurveys   = changes("surveys.invite", "have a customer asked after an event")
	ReportHands       = changes("hands.report", "say what ties their hands at a touchpoint")
	ReadCloses        = reads("closes.read", "see closed periods and what came late")
	ReadData          = reads("data.read", "see what was imported")
	ReadRejects       = reads("rejects.read", "see rejected rows, which hold what the files held")
	ImportData        = changes("data.import", "import files")
	SendEvents        = changes("events.send", "send events")
	SeeJobs           = reads("jobs.read", "follow long work")
	RunJobs           = changes("jobs.run", "stop and repeat long work")
	ReadPeople        = reads("people.read", "see people, units and their roles")
	ManagePeople      = changes("people.manage", "invite people, give roles, and arrange units")
	ManageServices    = changes("services.manage", "make and revoke tokens of services")
	ReadAudit         = reads("audit.read", "read who did what, and when")
	ReadPrivacy       = reads("privacy.read", "see what is held of customers, and why")
	ExportPerson      = reads("privacy.export", "find a customer, and hand out all that is held of them")
	ErasePerson       = changes("privacy.erase", "erase a customer")
	Operate           = reads("system.read", "see how the system runs")
	ManageMail        = changes("mail.manage", "try mail, and decide what is sent again")
)

// Entries lists every permission in the order of the table.
func Entries() []Entry { return slices.Clone(entries) }

// Named returns a permission by name.
func Named(name string) (Permission, bool) {
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Permission.name == name })
	if i < 0 {
		return Permission{}, false
	}
	return entries[i].Permission, true
}

type grants map[Permission]Reach

// all grants permissions without a bound.
func all(ps ...Permission) grants {
	g := grants{}
	for _, p := range ps {
		g[p] = Everything
	}
	return g
}

// own adds a permission for what is one's own, such as the rows of own units.
func (g grants) own(p Permission) grants {
	g[p] = Own
	return g
}

// table says how far each role goes. What is not in it is denied.
var table = map[Role]grants{
	Executive: all(OwnAccount, ReadRoles, ReadDefinitions, ProposeDefinition, ApproveDefinition, ReadStatement, ReadRows, ReadModel,
		ReadMeasures, ReadGoals, SetGoal, ReadJourneys, ReadCases, ReadThemes, ReadComments, ReadSurveys, ReportHands, ReadCloses, ReadData, SeeJobs, ReadPeople, ReadPrivacy),
	Lead: all(OwnAccount, ReadRoles, ReadDefinitions, ProposeDefinition, ApproveDefinition, ReadStatement, ReadRows, ReadModel,
		ReadMeasures, MarkEvents, ReadGoals, SetGoal, ReadJourneys, EditJourneys, ReadCases, WorkCases, SetCaseRules, ReadThemes, ReadComments, EditThemes, ReadSurveys, RunSurveys, InviteToSurveys, ReportHands, ReadCloses, ReadData, SeeJobs, RunJobs, ReadPeople, ReadPrivacy, ExportPerson, ErasePerson),
	Owner: all(OwnAccount, ReadRoles, ReadDefinitions, ReadStatement, ReadMeasures, MarkEvents, ReadGoals, ReadJourneys, ReadThemes, ReadComments, ReadSurveys, ReportHands, ReadCloses, SeeJobs, ReadPeople).
		own(ReadRows).own(EditJourneys).own(ReadCases).own(WorkCases),
	Analyst: all(OwnAccount, ReadRoles, ReadDefinitions, ProposeDefinition, ReadStatement, ReadRows, ReadModel, ChooseModel,
		ReadMeasures, MarkEvents, ReadGoals, ReadJourneys, ReadCases, ReadThemes, ReadComments, EditThemes, ReadSurveys, InviteToSurveys, ReportHands, ReadCloses, ReadData, ReadRejects, ImportData, SendEvents, SeeJobs, RunJobs, ReadPrivacy),
	Employee: all(OwnAccount, ReadRoles, ReadDefinitions, ReadJourneys, ReportHands).own(ReadCases).own(WorkCases),
	Auditor: all(OwnAccount, ReadRoles, ReadDefinitions, ReadStatement, ReadRows, ReadModel, ReadMeasures, ReadGoals, ReadJourneys, ReadCases, ReadThemes, ReadSurveys, ReadCloses, ReadData, ReadRejects,
		SeeJobs, ReadPeople, ReadAudit, ReadPrivacy, Operate),
	Administrator: all(OwnAccount, ReadRoles, ReadDefinitions, ReadData, SendEvents, InviteToSurveys, SeeJobs, RunJobs, ReadPeople, ManagePeople, ManageServices,
		ReadAudit, ReadPrivacy, ErasePerson, Operate, ManageMail),
}

// ReachOf is how far a role goes by itself.
func ReachOf(r Role, p Permission) Reach { return table[r][p] }

// RolesThatMay lists the roles that may do something at all.
func RolesThatMay(p Permission) (roles []Role) {
	for _, r := range Roles() {
		if table[r][p] > Nothing {
			roles = append(roles, r)
		}
	}
	return roles
}

// rolesWithoutBound lists the roles that something reaches all for.
func rolesWithoutBound(p Permission) (roles []Role) {
	for _, r := range Roles() {
		if table[r][p] == Everything {
			roles = append(roles, r)
		}
	}
	return roles
}

func describe(p Permission) string {
	for _, e := range entries {
		if e.Permission == p {
			return strings.Replace(e.Means, "their own", "your own", 1)
		}
	}
	return "do this"
}

func listed(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return clientele.Listed(words, "or")
}
