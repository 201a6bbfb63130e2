#pragma once

#include <stdexcept>

namespace hazard {

/// Something in the input that cannot be computed with: "PROBLEM (WHY) SUGGESTION". Whoever reads a
/// file puts its name and line before the sentence, and throws a PlacedError.
class InputError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One that names file and line already.
class PlacedError : public InputError {
public:
    using InputError::InputError;
};

} // namespace hazard
