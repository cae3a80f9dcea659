// SPDX-License-Identifier: Apache-2.0
// From a dictionary with names and decimal strings to a record. What a field may hold follows from
// its meaning in records.def, so that a new field needs nothing here.
#pragma once

#include "failure.hpp"
#include "runtime/port.hpp"

#include <oms/sdk/batch.hpp>
#include <oms/sdk/fields.hpp>

#include <pybind11/pybind11.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace oms::python {

class RecordReader {
public:
    explicit RecordReader(runtime::Port& port) : port_(port) {}

    /// `{"record": "line", "product": "XYZ", "quantity": "100", …}`; `place` begins the places of
    /// errors. Fields that are left out are zero, or no line where zero is the first one.
    void read(const pybind11::dict& fields, const std::string& place, sdk::Batch& batch);

private:
    struct Scales {
        std::uint32_t product = 0;
        unsigned quantity = 0;
        unsigned price = 0;
    };

    void read_field(const sdk::RecordInfo& info, const sdk::FieldInfo& field,
                    pybind11::handle value, const std::string& place);
    std::uint64_t unsigned_value(const sdk::FieldInfo& field, pybind11::handle value,
                                 const std::string& place);
    std::int64_t signed_value(const sdk::FieldInfo& field, pybind11::handle value,
                              const std::string& place);
    /// The number of a word, or of an entry by its code.
    std::uint64_t named_value(const sdk::FieldInfo& field, pybind11::handle value,
                              const std::string& place);
    /// The member `value` of a term, as its field in the registry says.
    void read_term(pybind11::handle value, const std::string& place);
    std::int64_t term_number(const sdk::TermInfo& info, oms_term& term, pybind11::handle value,
                             const std::string& place);
    void read_scales(const sdk::RecordInfo& info);
    Scales scales_of(std::uint32_t product);
    unsigned price_scale(const sdk::RecordInfo& info) const;
    std::uint32_t reference(std::uint32_t reference_class, pybind11::handle value,
                            const std::string& place);
    std::uint32_t member(const sdk::RecordInfo& info, std::string_view name) const;
    oms_text keep(pybind11::handle value, const std::string& place);
    char* bytes() { return reinterpret_cast<char*>(words_.data()); }
    const char* bytes() const { return reinterpret_cast<const char*>(words_.data()); }

    runtime::Port& port_;
    std::vector<std::uint64_t> words_;
    std::deque<std::string> texts_;
    Scales scales_;
};

}  // namespace oms::python
