package policy

import "maps"

// Default returns the policy of a library that has none: vocabularies as real
// libraries use them, and no requirements.
func Default() *Policy {
	p := &Policy{
		Vocabulary: map[string]Vocabulary{
			"data_classification": {Words: []string{"public", "internal", "confidential", "restricted"}},
			"risk_level":          {Words: []string{"low", "medium", "high", "critical"}},
			"review_status":       {Words: []string{"draft", "in_review", "approved", "deprecated", "retired"}},
			"regulatory_scope": {Words: []string{
				"none", "general", "compliance", "internal-standards",
				"SOC2", "ISO27001", "ISO27701", "ISO31000", "ISO42001", "NIST", "NIST-CSF", "NIST-800-53", "NIST-AI-RMF", "COBIT", "AICPA-TSC",
				"GDPR", "UK-GDPR", "CCPA", "CPRA", "HIPAA", "HITECH", "SOX", "PCI-DSS", "EU-AI-Act", "contract-law",
			}},
			"approval_roles": {Words: []string{
				"CISO", "CTO", "API-Architect", "Architect", "Compliance", "Compliance-Officer", "Data-Architect", "Data-Owner", "Data-Protection-Officer",
				"Database-Admin", "DevOps-Lead", "Enterprise-Architect", "Legal-Counsel", "Platform-Architect", "Principal-Engineer", "Product-Owner",
				"SRE-Lead", "Security-Architect", "Security-Engineer", "Security-Lead", "Security-Officer", "Staff-Engineer", "Tech-Lead",
			}},
		},
		Tags: []Tag{
			{Name: "PII-safe", Group: "pii"},
			{Name: "sensitive", Group: "pii"},
			{Name: "client-approved"},
			{Name: "internal-only", Implies: Implication{Class: "internal"}},
			{Name: "requires-human-review"},
			{Name: "audit-required"},
			{Name: "general-use"},
			{Name: "CISO-approval-required", Implies: Implication{Roles: []string{"CISO"}}},
		},
		Retention: Retention{Floors: map[string]Span{}},
		Freshness: map[string]Span{},
		Evidence:  []string{EvidenceForge, EvidenceSigned},
		keyAliases: map[string]string{
			"dataClassification": "data_classification",
			"riskLevel":          "risk_level",
			"reviewStatus":       "review_status",
			"regulatoryScope":    "regulatory_scope",
			"governanceTags":     "governance_tags",
			"approvalRequired":   "approval_required",
			"approvalRoles":      "approval_roles",
			"retentionPeriod":    "retention_period",
		},
		valueAliases: map[string]string{
			"soc-2": "SOC2", "soc 2": "SOC2", "iso-27001": "ISO27001", "iso 27001": "ISO27001", "iso-27701": "ISO27701", "iso-31000": "ISO31000",
			"work-in-progress": "draft", "wip": "draft", "in-review": "in_review", "in review": "in_review",
		},
	}
	for alias, key := range maps.Clone(p.keyAliases) {
		p.alias(alias, key)
		p.alias("governance."+alias, key)
	}
	for _, f := range Fields {
		p.alias("governance."+f.Key, f.Key)
	}
	p.Vocabulary["governance_tags"] = Vocabulary{Words: tagNames(p.Tags)}
	return p
}
