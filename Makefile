# Two commands do all set-up on a fresh Debian or Ubuntu machine that has a Swift toolchain.

# Installs what is missing, builds, and tells Waybill's story in a minute.
demo: setup
	@scripts/build
	.build/release/waybill demo

# The same, and the whole test suite. The trait lets the tests crash an import at named steps.
test:
	@scripts/setup tests
	scripts/test

setup:
	@scripts/setup

# Peak memory over imports of 1,000,000 and 5,000,000 records.
bench-memory:
	@scripts/setup tests
	@scripts/build
	scripts/bench-memory

# Waybill and the alternatives in turn; writes docs/benchmarks.md. WORKLOADS selects some, RUNS sets how often.
bench:
	@scripts/setup
	@scripts/setup bench || echo "Continuing with the peers that are installed."
	@scripts/build
	[ ! -e Benchmarks/Package.swift ] || scripts/build --package-path Benchmarks --product log-bench
	Benchmarks/compare.py $(WORKLOADS)

# The pages of the library ImportLog, in .build/documentation.
documentation:
	@scripts/setup
	scripts/documentation

reference:
	scripts/generate-reference

format:
	swift format --in-place --recursive Package.swift Sources Tests docs/examples

.PHONY: demo test setup bench bench-memory documentation reference format
