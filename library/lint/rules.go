package lint

import "promptlib/library"

// Rules lists every rule, by code.
var Rules = []*Rule{
	contractSchema,
	contractOutputSchema,
	contractSection,
	exampleNoOutput,
	exampleJSONInvalid,
	exampleMissing,
	exampleOutputSchema,
	exampleElided,
	inputPlaceholders,
	outputShapes,
	frontMatterYAML,
	frontMatterMissing,
	frontMatterUnclosed,
	frontMatterDuplicateKey,
	frontMatterSchema,
	byteOrderMark,
	notUTF8,
	unsafeCharacter,
	tabIndent,
	yamlFeature,
	foldedItems,
	frontMatterLimit,
	indentedDelimiter,
	keyMisspelt,
	templateValue,
	valueElided,
	pathMismatch,
	versionMalformed,
	dateMalformed,
	valueTooLong,
	fileUnreadable,
	fileEmpty,
	fileBinary,
	governanceKey,
	governanceConflict,
	governanceValue,
	governanceTag,
	governanceContradiction,
	governanceMissing,
	approvalMismatch,
	approvalRole,
	approvalFloor,
	governancePeriod,
	relatedMissing,
	titleDuplicate,
	linkDead,
	idDuplicate,
	bodyDuplicate,
	nameDuplicate,
	ignoreInvalid,
	ignoreUnused,
	invisibleCharacters,
	controlCharacters,
	secretExposed,
	personalData,
	injectionPhrase,
	symlinkOutside,
	fileTooLarge,
	sectionMissing,
	sectionEmpty,
	sectionDuplicate,
	fenceInfo,
	fenceStray,
	fenceUnclosed,
	sectionTagUnclosed,
	sectionTagUnpaired,
	conflictMarkers,
	sectionOrder,
	headingSkipped,
	toolMarkup,
	frontMatterNested,
	boilerplateLeft,
	sectionMisspelt,
	tokenBudget,
	variableUndocumented,
	variableUnused,
	variableSpelling,
	placeholderStyle,
	variableUnbound,
}

// ruleOf finds the rule that reports a kind of problem.
var ruleOf = func() map[library.Kind]*Rule {
	m := map[library.Kind]*Rule{}
	for _, rule := range Rules {
		if rule.Kind != "" {
			m[rule.Kind] = rule
		}
	}
	return m
}()

// Find returns the rule with a code or name, or nil.
func Find(codeOrName string) *Rule {
	for _, rule := range Rules {
		if rule.ID == codeOrName || rule.Name == codeOrName {
			return rule
		}
	}
	return nil
}
