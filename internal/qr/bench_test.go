package qr

import "testing"

const address = "https://line.me/R/oaMessage/%40ippo-demo/?%E5%B8%82%E6%B0%91%E8%AA%B2%E7%AA%93%E5%8F%A3"

func BenchmarkPNG(b *testing.B) {
	for b.Loop() {
		file, err := PNG(address)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(file)), "bytes")
	}
}

func BenchmarkSVG(b *testing.B) {
	for b.Loop() {
		if _, err := SVG(address); err != nil {
			b.Fatal(err)
		}
	}
}
