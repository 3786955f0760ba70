package config

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// A File is a file of settings that was drafted. Path is below the root of the
// library, with slashes.
type File struct {
	Path, Text string
}

// Draft writes the first settings of a library from what it looks like. They
// ask for nothing that most prompts do not have already. What comes from the
// library stands in them only in double quotes, in which no character of it can
// mean anything to YAML.
func Draft(s *Survey) []File {
	return []File{
		{path.Join(library.SettingsDir, FileName), draftConfig(s)},
		{path.Join(library.SettingsDir, policy.FileName), draftPolicy(s)},
		{path.Join(library.SettingsDir, ".gitignore"), gitignore},
	}
}

const gitignore = "# Runs, replies and the like stay on this machine.\n/local/\n"

func draftConfig(s *Survey) string {
	var b strings.Builder
	b.WriteString(`# How promptlib behaves in this library. "promptlib config show FILE" prints what
# holds for a file, "promptlib rules" lists the rules. Globs begin here, at the
# folder that holds .promptlib.
version: 1

# The level of a rule: off, info, warning or error.
# rules:
#   example-no-output: info

# Levels for some files; the last entry that matches counts.
# overrides:
#   - files: ["drafts/**"]
#     rules: {section-empty: off}

# Files that are neither checked nor run.
`)
	if len(s.Foreign) > 0 {
		fmt.Fprintf(&b, "exclude: [%s]\n", quoted(s.Foreign))
	} else {
		b.WriteString("# exclude: [\"archive/**\"]\n")
	}
	b.WriteString(`
# Findings that are accepted, each for a reason and perhaps up to a day.
# ignore:
#   - {rule: governance-value, files: ["legacy/**"], reason: moved from another system, until: 2030-12-31}

# The sections that prompts must have, by dialect, in place of the built-in ones.
`)
	b.WriteString(draftStructure(s))
	b.WriteString(`
# A JSON Schema for the front matter, by dialect: a file in this folder.
# front_matter: {B: front-matter.schema.json}

# What a prompt may hold by estimate.
# max_tokens: 8000

# Servers of models, for promptlib eval --model NAME/MODEL.
# providers:
#   ollama: {kind: openai, base_url: "http://127.0.0.1:11434/v1"}
`)
	return b.String()
}

// draftStructure suggests the sections that most prompts of dialect B have.
func draftStructure(s *Survey) string {
	prompts := 0
	for _, d := range s.Dialects {
		if d.Name == "B" {
			prompts = d.Prompts
		}
	}
	var common []string
	for _, c := range s.Sections {
		if most(c.Prompts, prompts) && len(common) < 12 {
			common = append(common, c.Name)
		}
	}
	if common == nil {
		return "# structure:\n#   B:\n#     - {required: [description, prompt]}\n"
	}
	return fmt.Sprintf("# Nine in ten prompts of dialect B have these.\n# structure:\n#   B:\n#     - {required: [%s]}\n", quoted(common))
}

func draftPolicy(s *Survey) string {
	var b strings.Builder
	b.WriteString(`# What this library asks of its prompts: "promptlib lint" holds every prompt
# against it. A part that is left out keeps the built-in default.
version: 1

# The files that are governed.
`)
	if len(s.Globs) > 0 {
		b.WriteString("prompts:\n")
		for _, glob := range s.Globs {
			fmt.Fprintf(&b, "  - %s\n", strconv.Quote(glob))
		}
	} else {
		b.WriteString("# prompts: [\"prompts/**/*.md\"]\n")
	}
	b.WriteString(`
# The values that are allowed. Ordered ones run from the least to the most
# restrictive or advanced. What is not in a vocabulary that stands here is an
# error; what the built-in one does not know is a warning.
`)
	draftVocabulary(&b, s)
	draftRequired(&b, s)
	b.WriteString(`
# Who must approve what. Every rule that matches a prompt applies.
# rules:
#   - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}]}

# By risk, how long a review vouches for a prompt.
# freshness: {high: P1Y, critical: P6M}

# How long what prompts produce is kept at the least, by regime.
# retention: {floors: {SOX: P7Y}}

# Where prompts and keys may be sent, and how confidential they may be. Without
# this, a key goes only to OpenAI and to hosts that the user names.
# providers:
#   openai: {hosts: [api.openai.com], key_env: OPENAI_API_KEY, ceiling: internal}
`)
	return b.String()
}

// draftVocabulary declares the vocabularies that all values in use belong to, and
// says which values keep the others from being declared.
func draftVocabulary(b *strings.Builder, s *Survey) {
	var declared, notes []string
	for _, k := range s.Keys {
		switch {
		case len(k.Unknown) > 0:
			notes = append(notes, fmt.Sprintf("# %s is not declared: %s in use, which the built-in policy does not know.\n", k.Key, counts(k.Unknown)))
		case len(k.Known) > 0:
			declared = append(declared, fmt.Sprintf("  # In use: %s.\n%s", counts(k.Known), vocabulary(k)))
		}
	}
	if declared == nil {
		b.WriteString("# vocabulary:\n#   risk_level: [low, medium, high, critical]\n")
	} else {
		b.WriteString("vocabulary:\n" + strings.Join(declared, ""))
	}
	b.WriteString(strings.Join(notes, ""))
}

// vocabulary declares the words of a key: all of an ordered one, those in use of
// a set.
func vocabulary(k KeyUse) string {
	p := policy.Default()
	field, _ := policy.FieldOf(k.Key)
	words := p.Vocabulary[k.Key].Words
	if field.Type == policy.Set {
		words = slices.DeleteFunc(slices.Clone(words), func(w string) bool {
			return !slices.ContainsFunc(k.Known, func(c Count) bool { return c.Name == w })
		})
	}
	if k.Key != "governance_tags" {
		return fmt.Sprintf("  %s: [%s]\n", k.Key, strings.Join(words, ", "))
	}
	var b strings.Builder
	b.WriteString("  tags:\n")
	for _, w := range words {
		tag, _ := p.Tag(w)
		fmt.Fprintf(&b, "    %s: {%s}\n", w, strings.Join(tagParts(tag), ", "))
	}
	return b.String()
}

func tagParts(tag policy.Tag) []string {
	var parts, implies []string
	if tag.Group != "" {
		parts = append(parts, "group: "+tag.Group)
	}
	if tag.Implies.Class != "" {
		implies = append(implies, "data_classification: "+tag.Implies.Class)
	}
	if tag.Implies.Risk != "" {
		implies = append(implies, "risk_level: "+tag.Implies.Risk)
	}
	if tag.Implies.Roles != nil {
		implies = append(implies, "roles: ["+strings.Join(tag.Implies.Roles, ", ")+"]")
	}
	if tag.Implies.Count > 0 {
		implies = append(implies, "count: "+strconv.Itoa(tag.Implies.Count))
	}
	if implies != nil {
		parts = append(parts, "implies: {"+strings.Join(implies, ", ")+"}")
	}
	return parts
}

// draftRequired asks for the keys that most prompts have already.
func draftRequired(b *strings.Builder, s *Survey) {
	prompts := s.Prompts - s.Bare
	var keys, others []string
	for _, k := range s.Keys {
		switch {
		case most(k.Prompts, prompts) && k.Key != "approval_roles": // which is due only where somebody must approve
			keys = append(keys, k.Key)
		case k.Prompts > 0:
			others = append(others, fmt.Sprintf("%s (%d)", k.Key, k.Prompts))
		}
	}
	b.WriteString("\n# Keys that every prompt must declare.\n")
	if keys == nil {
		b.WriteString("# required_keys: [owner, data_classification, risk_level]\n")
	} else {
		fmt.Fprintf(b, "# Nine in ten of the %d prompts have them.\nrequired_keys: [%s]\n", prompts, strings.Join(keys, ", "))
	}
	if others != nil {
		fmt.Fprintf(b, "# In use in fewer: %s.\n", strings.Join(others, ", "))
	}
}

// most reports whether n are at least nine tenths of all.
func most(n, all int) bool { return n > 0 && n*10 >= all*9 }

// maxNamed is how many values a comment names.
const maxNamed = 8

// counts lists values in quotes with their numbers, on one line.
func counts(list []Count) string {
	var parts []string
	for _, c := range list[:min(len(list), maxNamed)] {
		name := c.Name
		if len(name) > 80 {
			name = strings.ToValidUTF8(name[:80], "") + "…"
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", strconv.Quote(name), c.Prompts))
	}
	if n := len(list) - maxNamed; n > 0 {
		parts = append(parts, fmt.Sprintf("%d more", n))
	}
	return strings.Join(parts, ", ")
}

func quoted(list []string) string {
	quotes := make([]string, len(list))
	for i, s := range list {
		quotes[i] = strconv.Quote(s)
	}
	return strings.Join(quotes, ", ")
}
