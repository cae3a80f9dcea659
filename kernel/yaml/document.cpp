// SPDX-License-Identifier: Apache-2.0
#include "yaml/document.hpp"

#include "model/assert.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace oms::yaml {
namespace {

std::string place_text(const std::string& file, Mark mark) {
    return file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

Mark to_mark(const YAML::Mark& mark) {
    if (mark.line < 0 || mark.column < 0) return Mark{};
    return Mark{static_cast<std::uint32_t>(mark.line) + 1,
                static_cast<std::uint32_t>(mark.column) + 1};
}

/// The bytes of one UTF-8 character at `at`, or 0 when there is none: shortest form only, no
/// surrogates, nothing above U+10FFFF.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t offset) {
        return static_cast<unsigned char>(text[at + offset]);
    };
    const std::size_t left = text.size() - at;
    const auto follows = [&](std::size_t offset, unsigned low, unsigned high) {
        return offset < left && byte(offset) >= low && byte(offset) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

/// The parser replaces what is not UTF-8 and lets tabs through in places; neither happens here.
bool check_characters(std::string_view text, const std::string& file, Problems& problems) {
    Mark mark;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const std::size_t length = utf8_length(text, at);
        if (byte == '\t') {
            problems.add(error_characters, place_text(file, mark), "a tab",
                         "indent with spaces; inside double quotes write \\t");
        } else if (length == 0) {
            problems.add(error_characters, place_text(file, mark), "bytes that are not UTF-8",
                         "save the file as UTF-8");
            return false;
        } else if ((byte < 0x20 && byte != '\n' && byte != '\r') || byte == 0x7F) {
            problems.add(error_characters, place_text(file, mark),
                         "a control character (byte " + std::to_string(byte) + ")",
                         "remove it; inside double quotes write it as an escape such as \\x1b");
            return false;
        } else if (byte == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) {
            problems.add(error_characters, place_text(file, mark),
                         "a carriage return without a line feed", "end lines with a line feed");
            return false;
        } else if (byte == '%' && mark.column == 1) {
            problems.add(error_tag, place_text(file, mark), "a YAML directive",
                         "remove the line; where it is text, put it in quotes or indent it");
        }
        if (byte == '\n') {
            ++mark.line;
            mark.column = 0;
        }
        const std::size_t step = std::max<std::size_t>(length, 1);
        at += step;
        mark.column += static_cast<std::uint32_t>(step);
    }
    return problems.empty();
}

/// Leaves the parser when a limit is passed; the problem was added before.
struct LimitPassed {};

}  // namespace

/// Builds the tree from the parser's events, which show what a ready-made node tree has lost: the
/// second of two equal keys, anchors, tags and the place of everything.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(std::string_view text, std::shared_ptr<const std::string> file,
                const Limits& limits, Problems& problems)
        : text_(text), file_(std::move(file)), limits_(limits), problems_(problems) {}

    Node take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(make(Kind::nothing, mark)); }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        problems_.add(error_shared_node, place(mark), "an alias (*name)",
                      "write the value out here; in plain text put it in quotes");
        add(make(Kind::nothing, mark));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override {
        check_tag(mark, tag);
        check_quote(mark);
        Node node = make(Kind::scalar, mark);
        node.text_ = value;
        node.quoted_ = tag == "!";
        add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        check_tag(mark, tag);
        open(make(Kind::list, mark));
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        check_tag(mark, tag);
        open(make(Kind::map, mark));
    }
    void OnMapEnd() override { close(); }

    void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
        problems_.add(error_shared_node, place(mark), "an anchor (&" + name + ")",
                      "write the value out where it is needed");
    }

private:
    /// A list or map whose end has not been seen.
    struct Open {
        Node node;
        bool key_pending = false;  ///< a map's key has been read, its value has not
        std::string key;
        Mark key_mark;
        std::unordered_map<std::string, Mark> seen;
    };

    std::string place(const YAML::Mark& mark) const { return place_text(*file_, to_mark(mark)); }

    Node make(Kind kind, const YAML::Mark& mark) {
        if (++nodes_ > limits_.nodes) {
            problems_.add(error_too_large, place(mark),
                          "more than " + std::to_string(limits_.nodes) + " values in one document",
                          "split the document");
            throw LimitPassed{};
        }
        Node node;
        node.kind_ = kind;
        node.mark_ = to_mark(mark);
        node.file_ = file_;
        return node;
    }

    /// "?" stands for no tag and "!" for a quoted scalar, unless the source does say "!".
    void check_tag(const YAML::Mark& mark, const std::string& tag) {
        const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
        const bool written = at < text_.size() && text_[at] == '!';
        if (tag.empty() || tag == "?" || (tag == "!" && !written)) return;
        problems_.add(error_tag, place(mark), "a tag (" + tag + ")",
                      "remove it: the reader knows which type it expects; put text in quotes");
    }

    /// The parser takes the end of the input for the end of a quoted text, so that a document cut
    /// off in the middle would pass for a whole one.
    void check_quote(const YAML::Mark& mark) {
        auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
        const char quote = at < text_.size() ? text_[at] : ' ';
        if (quote != '\'' && quote != '"') return;
        for (++at; at < text_.size(); ++at) {
            if (quote == '"' && text_[at] == '\\') {
                ++at;
            } else if (text_[at] == quote) {
                const bool doubled = at + 1 < text_.size() && text_[at + 1] == quote;
                if (quote == '"' || !doubled) return;
                ++at;
            }
        }
        problems_.add(error_syntax, place(mark), "a quote is opened here and never closed",
                      "close it");
    }

    void open(Node node) {
        if (open_.size() >= limits_.depth) {
            problems_.add(error_too_large, node.place(),
                          "lists and maps nested deeper than " + std::to_string(limits_.depth),
                          "flatten the document");
            throw LimitPassed{};
        }
        Open level;
        level.node = std::move(node);
        open_.push_back(std::move(level));
    }

    void close() {
        OMS_ASSERT(!open_.empty());
        Node node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node));
    }

    void add(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.is_map() && !parent.key_pending) {
            take_key(parent, node);
            return;
        }
        if (parent.node.is_map()) {
            node.key_ = std::move(parent.key);
            node.key_mark_ = parent.key_mark;
            // Where no value is written, the parser names the place of whatever comes next.
            if (node.is_nothing() && node.mark_.line != node.key_mark_.line) {
                node.mark_ = node.key_mark_;
            }
            parent.key_pending = false;
        }
        parent.node.items_.push_back(std::move(node));
    }

    void take_key(Open& parent, Node& node) {
        parent.key_pending = true;
        parent.key_mark = node.mark_;
        parent.key = node.text_;
        if (!node.is_scalar()) {
            problems_.add(error_key, node.place(),
                          std::string(kind_text(node.kind_)) + " in the place of a key",
                          "use a plain name as the key; a text with { or [ needs quotes");
            return;
        }
        if (node.text_ == "<<" && !node.quoted_) {
            problems_.add(error_shared_node, node.place(), "a merge key (<<)",
                          "write the keys out here");
            return;
        }
        const auto [first, fresh] = parent.seen.emplace(node.text_, node.mark_);
        if (!fresh) {
            problems_.add(error_doubled_key, node.place(),
                          "the key \"" + node.text_ + "\" comes twice; it stands at line " +
                              std::to_string(first->second.line) + " already",
                          "keep one of the two");
        }
    }

    std::string_view text_;
    std::shared_ptr<const std::string> file_;
    Limits limits_;
    Problems& problems_;
    std::vector<Open> open_;
    std::uint32_t nodes_ = 0;
    Node root_;
};

namespace {

/// The parser's own words, without its full stops and with our way out.
void add_syntax_problem(const YAML::Exception& error, const std::string& file, Problems& problems) {
    std::string words = error.msg;
    std::string remedy = "look at the indentation, and put texts with : # { [ in quotes";
    if (error.msg.find("alias") != std::string::npos ||
        error.msg.find("anchor") != std::string::npos) {
        remedy = "anchors and aliases are not read; put a text with & or * in quotes";
        words = words.substr(0, words.find(':'));  // newer versions say the name, which is there
    }
    problems.add(error_syntax, place_text(file, to_mark(error.mark)),
                 "this is not valid YAML (" + words + ")", std::move(remedy));
}

/// Nothing after the document may go unread.
void check_end(YAML::Parser& parser, const std::string& file, Problems& problems) {
    struct Ignore final : YAML::EventHandler {
        std::optional<YAML::Mark> start;
        void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
        void OnDocumentEnd() override {}
        void OnNull(const YAML::Mark&, YAML::anchor_t) override { throw LimitPassed{}; }
        void OnAlias(const YAML::Mark&, YAML::anchor_t) override { throw LimitPassed{}; }
        void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                      const std::string&) override {
            throw LimitPassed{};
        }
        void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                             YAML::EmitterStyle::value) override {
            throw LimitPassed{};
        }
        void OnSequenceEnd() override {}
        void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                        YAML::EmitterStyle::value) override {
            throw LimitPassed{};
        }
        void OnMapEnd() override {}
    };
    Ignore second;
    try {
        if (!parser.HandleNextDocument(second)) return;
    } catch (const LimitPassed&) {
    }
    const Mark mark = second.start ? to_mark(*second.start) : Mark{};
    problems.add(error_documents, place_text(file, mark), "a second document in the same file",
                 "keep one document a file; remove the line of dashes (---)");
}

Checked<std::string> read_file(const std::string& path, const Limits& limits) {
    const auto refuse = [&](const std::string& reason, const std::string& remedy) {
        return tl::unexpected<Errors>({Error{error_unreadable, path, reason, remedy}});
    };
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) {
        return refuse("cannot be read: " + std::string(std::strerror(errno)),
                      "check the path and the permissions");
    }
    // A pipe or a device could block for ever or never end.
    if (!S_ISREG(status.st_mode)) return refuse("is not a regular file", "name a YAML file");
    std::ifstream file(path, std::ios::binary);
    std::string text(limits.bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad()) {
        return refuse("cannot be read", "check the path and the permissions");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace

std::string to_text(const Errors& errors) {
    std::string text;
    for (const Error& error : errors) text += oms::to_text(error) + "\n";
    return text;
}

Error fold(const Errors& errors) {
    OMS_ASSERT(!errors.empty());
    Error first = errors.front();
    const std::size_t others = errors.size() - 1;
    if (others > 0) {
        first.reason += " (and " + std::to_string(others) +
                        (others == 1 ? " more problem)" : " more problems)");
    }
    return first;
}

void Problems::add(Error error) {
    ++count_;
    if (errors_.size() < limit) {
        errors_.push_back(std::move(error));
    } else if (errors_.size() == limit) {
        errors_.push_back(Error{error.code, error.place, "there are more problems than are shown",
                                "mend these first"});
    }
}

void Problems::add(ErrorCode code, std::string place, std::string reason, std::string remedy) {
    add(Error{code, std::move(place), std::move(reason), std::move(remedy)});
}

Errors Problems::take() {
    count_ = 0;
    return std::exchange(errors_, {});
}

std::string_view kind_text(Kind kind) {
    switch (kind) {
        case Kind::nothing: return "nothing";
        case Kind::scalar: return "a text";
        case Kind::list: return "a list";
        case Kind::map: return "a map";
    }
    return "nothing";
}

std::string Node::place() const { return place_text(*file_, mark_); }

std::string Node::key_place() const { return place_text(*file_, key_.empty() ? mark_ : key_mark_); }

const Node* Node::find(std::string_view key) const {
    if (!is_map()) return nullptr;
    for (const Node& item : items_) {
        if (item.key_ == key) return &item;
    }
    return nullptr;
}

Checked<Node> parse(std::string_view text, std::string name, const Limits& limits) {
    Problems problems;
    const auto file = std::make_shared<const std::string>(std::move(name));
    if (text.size() > limits.bytes) {
        problems.add(error_too_large, *file,
                     "is larger than " + std::to_string(limits.bytes) + " bytes", "split it");
        return tl::unexpected(problems.take());
    }
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.substr(0, 3) == byte_order_mark) text.remove_prefix(3);
    if (!check_characters(text, *file, problems)) return tl::unexpected(problems.take());

    TreeBuilder builder(text, file, limits, problems);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) {
            problems.add(error_documents, place_text(*file, Mark{}), "the document is empty",
                         "write at least one key");
        } else if (problems.empty()) {
            check_end(parser, *file, problems);
        }
    } catch (const YAML::Exception& error) {
        add_syntax_problem(error, *file, problems);
    } catch (const LimitPassed&) {
        OMS_ASSERT(!problems.empty());
    }
    if (!problems.empty()) return tl::unexpected(problems.take());
    return builder.take_root();
}

Checked<Node> load_file(const std::string& path, const Limits& limits) {
    const Checked<std::string> text = read_file(path, limits);
    if (!text) return tl::unexpected(text.error());
    return parse(*text, path, limits);
}

}  // namespace oms::yaml
