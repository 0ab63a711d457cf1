# Two commands do all set-up on a fresh Debian or Ubuntu machine that has a Swift toolchain.

# Installs what is missing, builds, and tells Waybill's story in a minute.
demo: setup
	swift build -c release --product waybill
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
	swift build -c release --product waybill
	scripts/bench-memory

reference:
	scripts/generate-reference

format:
	swift format --in-place --recursive Package.swift Sources Tests

.PHONY: demo test setup bench-memory reference format
