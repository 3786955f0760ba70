package lint

import (
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

var personalData = &Rule{
	Code: library.Code{
		ID: "SEC204", Name: "personal-data", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "payment card or bank account number stands in the file",
			Why:     "Examples are often taken from real cases. A number whose check digits are right is probably somebody's, and goes to the model with every request.",
			Fix:     "Write a test number that is published as one, such as 4111 1111 1111 1111, or mask the digits.",
			Bad: `# Refund

Refund the card 4519 5075 2917 0342.
`,
			Good: `# Refund

Refund the card 4111 1111 1111 1111.
`,
		},
	},
	Prompt: func(p *Pass) {
		if !p.seen.numbers {
			return
		}
		source := p.Prompt.Source
		var at *cursor
		// The numbers that are looked for have four digits in a row.
		for i := 3; i < len(source); i += 4 {
			if !isDigit(source[i]) {
				continue
			}
			from, to := digitsAround(source, i)
			i = to - 1
			if to-from < 4 {
				continue
			}
			what, from, end := number(source, from)
			if end == 0 {
				continue
			}
			if at == nil {
				at = p.cursor()
			}
			d := p.Reportf(at.text(from, end), "%s with valid check digits; write a published test number in its place", what)
			d.Secret = true
			// Not the number: there are few enough to try them all against a hash.
			d.AnchorTo(what + maskedLine(source, from, end))
			i = end - 1
		}
	},
}

// digitsAround returns the offsets between which digits stand around that of one.
func digitsAround(s string, at int) (from, to int) {
	for from = at; from > 0 && isDigit(s[from-1]); {
		from--
	}
	for to = at; to < len(s) && isDigit(s[to]); {
		to++
	}
	return from, to
}

// number returns the number of a card or account of which some digits are part,
// by the offset of the first of them; an end of 0 means that there is none.
func number(s string, at int) (what string, from, end int) {
	if end := card(s, at); end > 0 {
		return "payment card number", at, end
	}
	from, end = iban(s, at)
	return "bank account number", from, end
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// maskedLine returns what stands in one line around two offsets, without digits.
func maskedLine(s string, from, to int) string {
	before, after := s[max(0, from-80):from], s[to:min(len(s), to+80)]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, _, _ = strings.Cut(after, "\n")
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '#'
		}
		return c
	}, before+"#"+after)
}

// alone reports whether what stands between two offsets is no part of a longer
// number, name or path.
func alone(s string, from, to int) bool {
	if from > 0 && (isWord(s[from-1]) || strings.IndexByte("./+%", s[from-1]) >= 0) {
		return false
	}
	if from > 1 && s[from-1] == ' ' && isDigit(s[from-2]) {
		return false
	}
	if to < len(s) && isWord(s[to]) {
		return false
	}
	return to+1 >= len(s) || s[to] != '.' && s[to] != ' ' || !isDigit(s[to+1])
}

// card returns where a payment card number that begins at an offset ends, 0
// where there is none: as one run of digits or in the groups that are printed on
// cards.
func card(s string, from int) (end int) {
	var digits []byte
	var groups []int
	for i := from; ; {
		start := i
		for i < len(s) && isDigit(s[i]) && len(digits) <= 16 {
			digits = append(digits, s[i])
			i++
		}
		groups, end = append(groups, i-start), i
		if i+1 >= len(s) || s[i] != ' ' && s[i] != '-' || !isDigit(s[i+1]) || len(digits) > 16 {
			break
		}
		i++
	}
	switch {
	case len(groups) == 1:
	case slices.Equal(groups, []int{4, 4, 4, 4}), slices.Equal(groups, []int{4, 6, 5}), slices.Equal(groups, []int{4, 6, 4}):
	default:
		return 0
	}
	if number := string(digits); !issued(number) || !luhn(number) || isTestCard(number) || !alone(s, from, end) {
		return 0
	}
	return end
}

// issued reports whether a number has the length and the beginning of a large
// issuer of cards.
func issued(number string) bool {
	head := func(n int) int {
		v, _ := strconv.Atoi(number[:n])
		return v
	}
	switch len(number) {
	case 14: // Diners Club
		return head(2) == 36 || head(2) == 38 || head(3) >= 300 && head(3) <= 305
	case 15: // American Express
		return head(2) == 34 || head(2) == 37
	case 16: // Visa, Mastercard twice, Discover three times, UnionPay, JCB
		return head(1) == 4 || head(2) >= 51 && head(2) <= 55 || head(4) >= 2221 && head(4) <= 2720 ||
			head(4) == 6011 || head(2) == 65 || head(3) >= 644 && head(3) <= 649 || head(2) == 62 || head(4) >= 3528 && head(4) <= 3589
	}
	return false
}

// luhn reports whether the last digit of a number is the check digit of the
// others.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// isTestCard reports whether a number is published for tests, or is made of a
// few digits over and over.
func isTestCard(number string) bool {
	distinct := map[rune]bool{}
	for _, c := range number {
		distinct[c] = true
	}
	return len(distinct) <= 4 || strings.Contains(number, "00000") || strings.Contains(number, "12345678") || slices.Contains(testCards, number)
}

var testCards = []string{
	"4012888888881881", "4988438843884305", "5105105105105100", "5200828282828210", "5425233430109903", "5555341244441115", "2223003122003222",
	"2223016768739313", "378282246310005", "371449635398431", "378734493671000", "374245455400126", "6011000990139424", "6011601160116611",
	"30569309025904", "38520000023237", "36227206271667", "3566002020360505",
}

// iban returns where the bank account number is that has the digits at an
// offset; an end of 0 means that there is none.
func iban(s string, at int) (from, end int) {
	// It begins with two letters and two digits, which in print stand apart.
	for from = at; from >= 0 && at-from < 30; from-- {
		c := s[from]
		if !isDigit(c) && c != ' ' && (c < 'A' || c > 'Z') {
			return 0, 0
		}
		if from+4 <= len(s) && ibanLengths[s[from:from+2]] > 0 && isDigit(s[from+2]) && isDigit(s[from+3]) && (from == 0 || !isWord(s[from-1])) {
			return from, ibanEnd(s, from)
		}
	}
	return 0, 0
}

// ibanEnd returns where the account number that begins at an offset ends, 0 where
// it is not valid.
func ibanEnd(s string, from int) int {
	length := ibanLengths[s[from:from+2]]
	number := make([]byte, 0, length)
	i := from
	for ; i < len(s) && len(number) < length; i++ {
		switch c := s[i]; {
		case isDigit(c) || c >= 'A' && c <= 'Z':
			number = append(number, c)
		case c == ' ' && len(number)%4 == 0 && s[i-1] != ' ':
		default:
			return 0
		}
	}
	if len(number) < length || i < len(s) && isWord(s[i]) || !mod97(number) || slices.Contains(testIBANs, string(number)) {
		return 0
	}
	return i
}

// mod97 reports whether the check digits of an account number are right.
func mod97(number []byte) bool {
	rest := 0
	for _, c := range append(number[4:len(number):len(number)], number[:4]...) {
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

// ibanLengths are the lengths of account numbers, by country.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28,
	"CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18,
	"GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21,
	"LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28,
	"PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29,
	"VA": 22, "VG": 24, "XK": 20,
}

// testIBANs are account numbers that are published as examples.
var testIBANs = []string{
	"AT611904300234573201", "BE68539007547034", "BE71096123456769", "BR1800360305000010009795493C1", "CH9300762011623852957",
	"CH5604835012345678009", "CZ6508000000192000145399", "DE89370400440532013000", "DE75512108001245126199", "DE91100000000123456789",
	"DK5000400440116243", "ES9121000418450200051332", "ES7921000813610123456789", "FI2112345600000785", "FR1420041010050500013M02606",
	"FR7630006000011234567890189", "GB29NWBK60161331926819", "GB82WEST12345698765432", "GB33BUKB20201555555555", "GR1601101250000000012300695",
	"HU42117730161111101800000000", "IE29AIBK93115212345678", "IE64IRCE92050112345678", "IT60X0542811101000000123456", "LU280019400644750000",
	"NL91ABNA0417164300", "NL02ABNA0123456789", "NO9386011117947", "PL61109010140000071219812874", "PT50000201231234567890154",
	"RO49AAAA1B31007593840000", "SE4550000000058398257466", "TR330006100519786457841326",
}
