# Weir: every task of the project is a target of this file. `make help` lists them.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
BUILD := .build
WEIR := $(BUILD)/release/weir

# What building needs, and what the demo and the tests need besides: the peers that Weir is judged by. The package systemd judges the
# units: it is there where systemd runs the machine, and elsewhere it starts nothing (systemd-sysv would make it do so).
BUILD_PACKAGES := pkg-config libmnl-dev libnftnl-dev binutils
RUN_PACKAGES := iproute2 nftables iptables ipset netcat-openbsd tcpdump python3 python3-jsonschema man-db util-linux \
    procps openssh-client systemd
# What the tests need of packages that must not be installed: those would start servers, or load rules when the machine starts.
EXTRACTED_PACKAGES := openssh-server libwrap0 ferm

# The package manager would have programs look for libraries in their own directory first.
LINK_FLAGS := --disable-local-rpath
# Nothing is loaded into the program that would look for its symbols: without them it starts sooner and takes 1.8 MB less.
RELEASE_FLAGS := -c release --product weir --static-swift-stdlib $(LINK_FLAGS) -Xlinker -s -Xlinker --no-export-dynamic \
    -Xswiftc -cross-module-optimization
LINKING := Tests/Build/linking.sh
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Network namespaces need root, or a user namespace of one's own.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo unshare --map-root-user --net)

.PHONY: help setup program build documents demo peers boot clock interruptions kernels test test-asan fuzz soak hostile sweep lint format bench \
    install install-units uninstall uninstall-units clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /|/' | awk -F'|' '{ printf "  %-10s %s\n", $$1, $$2 }'

setup: ## install what is missing (Debian packages); say how to get Swift where it is missing
	@missing=""; for package in $(BUILD_PACKAGES) $(RUN_PACKAGES); do \
	    dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "installing:$$missing"; \
	    $(SUDO) apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi
	@Tests/Peers/extract.sh $(BUILD)/peers $(EXTRACTED_PACKAGES)
	@command -v $(SWIFT) >/dev/null 2>&1 || { \
	    echo "Swift 6.2 or later is missing. This command installs it for you alone (swift.org/install/linux):"; \
	    echo '  curl -O https://download.swift.org/swiftly/linux/swiftly-$$(uname -m).tar.gz && tar zxf swiftly-$$(uname -m).tar.gz && ./swiftly init'; \
	    exit 1; }

program: setup ## build the release binary .build/release/weir
	$(SWIFT) build $(RELEASE_FLAGS)
	@$(LINKING) $(WEIR)

build: program ## build all that 'make install' installs: the release binary, its manual and completions
	@$(MAKE) --no-print-directory documents

demo: program ## show the main job in a private network namespace
	@Tests/Demo/demo.sh $(WEIR)

peers: program ## what becomes of unconfirmed rules when something is killed: Weir beside iptables-apply and ferm
	@$(AS_ROOT) python3 Tests/Peers/faults.py $(WEIR) --write docs/safety.md

boot: program ## boot a real systemd in namespaces with the units: the firewall before the network, damage, fail-closed
	@$(SUDO) Tests/Boot/boot.sh $(WEIR)

INTERRUPTIONS ?= 1000
INTERRUPTIONS_SEED ?= 29
FAILING := $(BUILD)/failing.so

interruptions: program ## interrupt the release binary at random moments, cut its power, let library functions fail under it
	clang -shared -fPIC -O1 -Wall -Werror -DFAILING='"/etc/failing"' -o $(FAILING) Tests/Failing/failing.c
	@$(SUDO) unshare --net --mount --propagation private python3 Tests/Interruptions/interruptions.py \
	    $(abspath $(WEIR)) $(abspath $(FAILING)) $(INTERRUPTIONS) $(INTERRUPTIONS_SEED)

# A kernel that runs as a process, and what loads its modules.
CLOCK_PACKAGES := user-mode-linux kmod

clock: program ## set the clock while a change waits to be confirmed, on a kernel that runs as a process
	@Tests/Peers/extract.sh $(BUILD)/peers $(CLOCK_PACKAGES)
	@Tests/Clock/clock.sh $(WEIR) $(BUILD)/peers

kernels: program ## boot other kernels from packages, in QEMU, and try the language, confirmation, kills, sets and packets on each
	@Tests/Kernels/kernels.py $(WEIR) --write docs/kernels.md

# Few tests at a time: some wait for others, and what is late on a busy machine is no fault.
RUN_TESTS := $(SWIFT) test --skip-build --disable-xctest --experimental-maximum-parallelization-width 5

test: setup ## build and run all tests
	$(SWIFT) build --build-tests $(LINK_FLAGS)
	@$(LINKING) --with-toolchain $(BUILD)/debug/weir
	$(RUN_TESTS)

test-asan: setup ## the tests under AddressSanitizer
	$(SWIFT) build --build-tests $(LINK_FLAGS) --sanitize=address --scratch-path $(BUILD)/asan
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/lsan.supp \
	    $(RUN_TESTS) --sanitize=address --scratch-path $(BUILD)/asan

lint: ## check formatting and style
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format: ## lay the sources out
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

clean: ## remove what was built
	rm -rf $(BUILD)

bench: program ## time and memory beside nft, in one run
	@$(AS_ROOT) python3 Benchmarks/bench.py $(WEIR)

FUZZ_SECONDS ?= 600
FUZZ_LOG := $(BUILD)/fuzz.log
# Runs the suites that fit $(1). Each test says at its end what it tried: one of $(2) that is not there, or not run to its end, must
# not pass for one that found nothing.
FUZZ = @WEIR_FUZZ_SECONDS=$(FUZZ_SECONDS) $(SWIFT) test --skip-build -c release --disable-xctest --scratch-path $(BUILD)/fuzz \
	    --filter '$(1)' >$(FUZZ_LOG) 2>&1; status=$$?; cat $(FUZZ_LOG); \
	for name in $(2); do \
	    grep -q "^fuzzed $$name: [1-9]" $(FUZZ_LOG) || { echo "fuzz: nothing was tried of: $$name" >&2; exit 1; }; \
	done; \
	exit $$status

# Suites that go on for as long as one likes: add to them.
SOAK := KillTests|SequenceTests|TransactionsTests.DamageTests|StoreFaultTests|ConcurrencyTests|TrafficTests|ConfirmationRaceTests|KilledBeforeWindowTests|PredictionTests|SituationTests|StoreStateTests|ForeignRulesetTests

soak: setup ## all of what `make test` runs a share of: kills, damage, full disks, parallel changes; prints the figures
	$(SWIFT) build --build-tests $(LINK_FLAGS)
	@WEIR_SOAK=1 $(RUN_TESTS) --filter '$(SOAK)' >$(BUILD)/soak.log 2>&1; status=$$?; \
	    grep -aE '^soak:|✘|Test run' $(BUILD)/soak.log; exit $$status

fuzz: setup ## ten minutes of random input for the rule language, ten for what the kernel and the store say
	$(SWIFT) build --build-tests $(LINK_FLAGS) -c release -Xswiftc -enable-testing --scratch-path $(BUILD)/fuzz
	$(call FUZZ,RuleFileFuzzTests,rules)
	$(call FUZZ,DumpFuzzTests|SnapshotFuzzTests,dumps snapshots)

hostile: program ## files that are made to fill the memory: what the release build takes for each
	@python3 Tests/Hostile/measure.py $(WEIR)

SWEEP ?= 2000
SWEEP_SEED ?= 1

sweep: program ## what Weir makes of an intent beside nft and iptables in their own words, told apart by real packets
	@$(AS_ROOT) unshare --net python3 Tests/Sweep/sweep.py $(WEIR) $(SWEEP) $(SWEEP_SEED)

MANUAL := $(BUILD)/manual
MANUAL_TOOL := $(BUILD)/manual-tool
COMPLETIONS := $(BUILD)/completions
COMPLETION_FILES := $(addprefix $(COMPLETIONS)/,bash zsh fish)

documents: $(MANUAL)/weir.8 $(COMPLETION_FILES)

# ArgumentParser's plugin would build all of Weir a second time; its tool alone does not.
$(MANUAL)/weir.8: $(WEIR)
	mkdir -p $(MANUAL)
	$(SWIFT) build --package-path $(BUILD)/checkouts/swift-argument-parser --scratch-path $(MANUAL_TOOL) \
	    $(LINK_FLAGS) --product generate-manual
	$(MANUAL_TOOL)/debug/generate-manual --section 8 --output-directory $(MANUAL) $(WEIR)

$(COMPLETION_FILES): $(WEIR)
	mkdir -p $(COMPLETIONS)
	$(WEIR) --generate-completion-script $(notdir $@) >$@.new
	mv $@.new $@

UNITS := weir.service weir-routes.service weir-watch.service
UNIT_DIRECTORY = $(DESTDIR)$(PREFIX)/lib/systemd/system

# They are not enabled: README.md says how.
install-units: ## install the systemd units alone, for the program in PREFIX/sbin
	mkdir -p $(UNIT_DIRECTORY)
	for unit in $(UNITS); do \
	    sed 's|@PREFIX@|$(PREFIX)|g' systemd/$$unit >$(UNIT_DIRECTORY)/$$unit && chmod 0644 $(UNIT_DIRECTORY)/$$unit || exit 1; \
	done

uninstall-units:
	rm -f $(addprefix $(UNIT_DIRECTORY)/,$(UNITS))

# As root, so that nothing is built or downloaded here, and no program of the build directory is run.
install: ## install to DESTDIR/PREFIX what 'make build' has built: program, manual, completions; units, protocol's name
	@for file in $(WEIR) $(MANUAL)/weir.8 $(COMPLETION_FILES); do \
	    [ -s "$$file" ] || { echo "install: $$file is missing: run 'make build' first, as the user who builds" >&2; exit 1; }; \
	done
	@$(MAKE) --no-print-directory install-units
	install -D -m 0755 $(WEIR) $(DESTDIR)$(PREFIX)/sbin/weir
	install -D -m 0644 $(MANUAL)/weir.8 $(DESTDIR)$(PREFIX)/share/man/man8/weir.8
	install -D -m 0644 $(COMPLETIONS)/bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/weir
	install -D -m 0644 $(COMPLETIONS)/zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_weir
	install -D -m 0644 $(COMPLETIONS)/fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/weir.fish
	mkdir -p $(DESTDIR)/etc/iproute2/rt_protos.d
	echo '172 weir' >$(DESTDIR)/etc/iproute2/rt_protos.d/weir.conf
	chmod 0644 $(DESTDIR)/etc/iproute2/rt_protos.d/weir.conf

uninstall: uninstall-units ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/sbin/weir $(DESTDIR)$(PREFIX)/share/man/man8/weir.8 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/weir \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_weir \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/weir.fish \
	    $(DESTDIR)/etc/iproute2/rt_protos.d/weir.conf
