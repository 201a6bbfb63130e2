#include "core/xml.hpp"

#include "core/numbers.hpp"
#include "core/text_file.hpp"

#include <algorithm>
#include <cstddef>

namespace hazard {

namespace {

std::string_view without_prefix(std::string_view name)
{
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string listed(std::initializer_list<std::string_view> names)
{
    std::string list;
    for (auto const name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    return list.empty() ? "none" : list;
}

} // namespace

XmlDocument::XmlDocument(std::string path) : path_(std::move(path)), text_(text_of_file(path_))
{
    auto const parsed = document_.load_buffer(text_.data(), text_.size());
    if (!parsed)
        throw PlacedError(place(parsed.offset) + ": it is not well-formed XML (" +
                          parsed.description() + "): mend it there or just before");
}

std::string XmlDocument::place(std::ptrdiff_t offset) const
{
    auto const end = text_.begin() + std::clamp<std::ptrdiff_t>(offset, 0, std::ssize(text_));
    return path_ + ":" + std::to_string(1 + std::count(text_.begin(), end, '\n'));
}

std::string XmlDocument::complaint(pugi::xml_node node, std::string_view sentence) const
{
    return place(node.offset_debug()) + ": " + std::string(sentence);
}

std::string_view XmlElement::name() const { return without_prefix(node_.name()); }

void XmlElement::fail(std::string_view sentence) const
{
    throw PlacedError(document_->complaint(node_, sentence));
}

void XmlElement::allow_attributes(std::initializer_list<std::string_view> names) const
{
    for (auto const attribute : node_.attributes()) {
        std::string_view const full = attribute.name();
        if (full == "xmlns" || full.starts_with("xmlns:")) continue;
        if (std::ranges::find(names, without_prefix(full)) == names.end())
            fail("<" + std::string(name()) + "> has the attribute " + in_quotes(full) +
                 ", which is not understood (these are: " + listed(names) + "): leave it out");
    }
}

void XmlElement::allow_children(std::initializer_list<std::string_view> names) const
{
    for (auto const& element : children())
        if (std::ranges::find(names, element.name()) == names.end())
            element.fail("<" + std::string(element.name()) + "> is not understood in <" +
                         std::string(name()) + "> (these are: " + listed(names) +
                         "): leave it out, or use another program");
}

std::optional<std::string> XmlElement::attribute_if(char const* wanted) const
{
    auto const attribute = node_.attribute(wanted);
    if (!attribute) return std::nullopt;
    return attribute.value();
}

std::string XmlElement::attribute(char const* wanted) const
{
    auto value = attribute_if(wanted);
    if (!value)
        fail("<" + std::string(name()) + "> lacks the attribute " + in_quotes(wanted) +
             " (it cannot be computed without): add it");
    return *value;
}

double XmlElement::number(char const* wanted) const
{
    auto const value = attribute(wanted);
    auto const number = number_in(value);
    if (!number)
        fail(std::string(wanted) + " is " + in_quotes(value) +
             " (it must be a finite number): mend it");
    return *number;
}

std::vector<XmlElement> XmlElement::children() const
{
    std::vector<XmlElement> result;
    for (auto const node : node_.children())
        if (node.type() == pugi::node_element) result.emplace_back(*document_, node);
    return result;
}

std::optional<XmlElement> XmlElement::child_if(std::string_view wanted) const
{
    std::optional<XmlElement> found;
    for (auto const& element : children()) {
        if (element.name() != wanted) continue;
        if (found)
            element.fail("there is a second <" + std::string(wanted) + "> in <" +
                         std::string(name()) + "> (only one can hold): take one out");
        found.emplace(element);
    }
    return found;
}

XmlElement XmlElement::child(std::string_view wanted) const
{
    auto found = child_if(wanted);
    if (!found)
        fail("<" + std::string(name()) + "> lacks <" + std::string(wanted) +
             "> (it cannot be computed without): add it");
    return *found;
}

std::string XmlElement::text() const
{
    allow_children({});
    std::string all; // comments may part it
    for (auto const node : node_.children())
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata)
            all += std::string(node.value()) + ' ';
    return std::string(trimmed(all));
}

double XmlElement::number() const
{
    auto const value = number_in(text());
    if (!value)
        fail("<" + std::string(name()) + "> holds " + in_quotes(text()) +
             " (it must be a finite number): mend it");
    return *value;
}

std::vector<double> XmlElement::numbers() const
{
    return at_this_place([&] { return numbers_in(text()); });
}

} // namespace hazard
