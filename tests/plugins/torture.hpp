// Processes that write at the same time, race for the same claims and are killed at any moment.
#pragma once

namespace masterkey2::testing {

/// The program behind `--rounds N --mode kill|race|both|write [--threads N]`, which runs itself as
/// `--worker`.
int torture_main(int argc, char** argv);

}  // namespace masterkey2::testing
