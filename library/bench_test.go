package library

import "testing"

// BenchmarkParse reads the files of the public libraries and the seeds.
func BenchmarkParse(b *testing.B) {
	var texts []string
	size := 0
	for _, name := range []string{"seeds", "corpora"} {
		for _, f := range shared(b, name) {
			if p := Read(f); p.Source != "" {
				texts = append(texts, p.Source)
				size += len(p.Source)
			}
		}
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			Parse("x.md", text)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(texts)), "ns/file")
}
