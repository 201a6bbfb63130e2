#include "core/literal.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <cmath>

namespace hazard {

namespace {

class LiteralReader {
public:
    explicit LiteralReader(std::string_view text) : text_(text), left_(text) {}

    std::vector<Entry> dictionary()
    {
        std::vector<Entry> entries;
        expect('{');
        while (!accept('}')) {
            if (!entries.empty()) {
                expect(',');
                if (accept('}')) break;
            }
            entries.push_back({string(), {}, false});
            expect(':');
            value(entries.back());
        }
        if (!trimmed(left_).empty()) fail();
        return entries;
    }

private:
    void value(Entry& entry)
    {
        entry.is_list = true;
        if (accept('[')) return list(entry.numbers, ']');
        if (accept('(')) return list(entry.numbers, ')');
        constexpr std::string_view logscale = "logscale";
        if (left_.starts_with(logscale)) {
            left_.remove_prefix(logscale.size());
            std::vector<double> arguments;
            expect('(');
            list(arguments, ')');
            entry.numbers = log_spaced(arguments);
            return;
        }
        entry.is_list = false;
        entry.numbers.push_back(number());
    }

    /// What is left of a list, up to the bracket that closes it.
    void list(std::vector<double>& numbers, char close)
    {
        for (bool first = true; !accept(close); first = false) {
            if (!first) {
                expect(',');
                if (accept(close)) return;
            }
            if (accept('['))
                list(numbers, ']');
            else if (accept('('))
                list(numbers, ')');
            else
                numbers.push_back(number());
        }
    }

    std::vector<double> log_spaced(std::vector<double> const& arguments)
    {
        if (arguments.size() != 3 || !(arguments[0] > 0) || !(arguments[1] > arguments[0]) ||
            !(arguments[2] >= 2 && arguments[2] <= 1e4))
            fail();
        auto const steps = std::floor(arguments[2]) - 1;
        std::vector<double> values;
        for (double i = 0; i <= steps; ++i)
            values.push_back(arguments[0] * std::pow(arguments[1] / arguments[0], i / steps));
        return values;
    }

    std::string string()
    {
        for (char const quote : {'"', '\''}) {
            if (!accept(quote)) continue;
            auto const end = left_.find(quote);
            if (end == std::string_view::npos) fail();
            std::string const found(left_.substr(0, end));
            left_.remove_prefix(end + 1);
            skip_blanks();
            return found;
        }
        fail();
    }

    double number()
    {
        auto const word = left_.substr(0, left_.find_first_of(",:)]}"));
        auto const value = number_in(word);
        if (!value) fail();
        left_.remove_prefix(word.size());
        return *value;
    }

    bool accept(char wanted)
    {
        skip_blanks();
        if (!left_.starts_with(wanted)) return false;
        left_.remove_prefix(1);
        skip_blanks();
        return true;
    }
    void expect(char wanted)
    {
        if (!accept(wanted)) fail();
    }
    void skip_blanks() { left_.remove_prefix(left_.size() - skipped(left_).size()); }
    static std::string_view skipped(std::string_view text)
    {
        auto const first = text.find_first_not_of(" \t\r\n");
        return first == std::string_view::npos ? std::string_view{} : text.substr(first);
    }

    [[noreturn]] void fail() const
    {
        auto const near = trimmed(left_.substr(0, 20));
        throw InputError("\"" + std::string(text_) + "\" is not understood at \"" +
                         std::string(near) +
                         "\" (a dictionary of numbers, lists of them or logscale(FROM, TO, NUMBER) "
                         "is wanted): write {\"NAME\": [1, 2]}");
    }

    std::string_view text_;
    std::string_view left_;
};

} // namespace

std::vector<Entry> read_dictionary(std::string_view text)
{
    return LiteralReader(text).dictionary();
}

} // namespace hazard
