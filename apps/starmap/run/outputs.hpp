#pragma once

#include "run/ended.hpp"

#include <starmap/error.hpp>

#include <memory>
#include <string>

namespace starmap::farm {

/// Nobody reads what is printed any more.
class OutputClosed : public IoError {
public:
    using IoError::IoError;
};

/// Takes the output of commands on rank 0, as they end.
class Outputs {
public:
    virtual ~Outputs() = default;
    /// Throws IoError.
    virtual void take(Ended const& ended) = 0;
    /// At the end. Throws IoError.
    virtual void finish() {}

protected:
    Outputs() = default;
    Outputs(Outputs const&) = default;
    Outputs& operator=(Outputs const&) = default;
};

/// Writes the whole output of each command, never between that of others, to the two descriptors.
/// Throws OutputClosed where nobody reads them. SIGPIPE must be ignored.
std::unique_ptr<Outputs> printed(int out = 1, int err = 2);
/// Drops them: the commands have written files, or are not to be heard.
std::unique_ptr<Outputs> dropped();

} // namespace starmap::farm
