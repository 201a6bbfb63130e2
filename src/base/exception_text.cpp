#include "base/exception_text.hpp"

#include <exception>

namespace starmap::base {

std::string current_exception_text()
{
    try {
        throw;
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "something was thrown that is not derived from std::exception";
    }
}

} // namespace starmap::base
