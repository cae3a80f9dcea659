# SPDX-License-Identifier: Apache-2.0
"""From an order as people write it, the same at every edge, to the records that say it.

An order here has the members that it has over REST: `kind`, `account`, `lines`, `terms`, `links`,
`parent`, `fact`; a line `product` and `quantity` (or `amount`), `direction` (or `side`), `price`,
`role`, `parent_line`, `ratio`, `terms`, `sources`.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from .errors import Error

Record = tuple[str, dict[str, Any]]  # with the place that an error in it is to name

_SIDES = {
    "buy": ("receive", None),
    "sell": ("deliver", None),
    "sell_short": ("deliver", "short_sell"),
    "sell_short_exempt": ("deliver", "short_sell_exempt"),
}
_ORDER = {"kind", "account", "lines", "terms", "links", "parent", "fact"}
_LINE = {"product", "quantity", "amount", "direction", "side", "price", "role", "parent_line",
         "ratio", "terms", "sources"}
_AMENDED_LINE = {"line", "quantity", "price", "terms"}
_ORDER_FACT = 1
_ROLE_BY_PRODUCT = 0xFFFFFFFF


def placed(order: Mapping[str, Any]) -> list[Record]:
    """The records of a new order, its head first."""
    _check(order, _ORDER, {"kind", "account", "lines"}, "order")
    head = {"record": "place_order", "order_kind": order["kind"], "account": order["account"]}
    if "parent" in order:
        head["parent"] = order["parent"]
    if order.get("fact"):
        head["flags"] = _ORDER_FACT
    records: list[Record] = [("order", head)]
    details: list[Record] = []
    products = set()
    for index, line in enumerate(_list(order["lines"], "lines")):
        place = f"lines[{index}]"
        _check(line, _LINE, set(), place)
        record, more = _line(index, line, place)
        products.add(record["product"])
        records.append((place, record))
        details += more
    details += _terms(order.get("terms", {}), None, _only(products), "terms")
    for index, link in enumerate(_list(order.get("links", []), "links")):
        place = f"links[{index}]"
        _check(link, {"link", "order"}, {"link", "order"}, place)
        details.append((place, {"record": "link", **link}))
    return records + details


def amended(order: int, lines: Sequence[Mapping[str, Any]], terms: Mapping[str, Any],
            products: Mapping[int, str]) -> list[Record]:
    """The records that change an order; `products` are those of its lines."""
    records: list[Record] = [("order", {"record": "amend_order", "order": order})]
    for index, line in enumerate(_list(lines, "lines")):
        place = f"lines[{index}]"
        _check(line, _AMENDED_LINE, {"line"}, place)
        product = products.get(line["line"])
        if product is None:
            raise Error("OMS-1011", f"{place}.line", f"the order has no line {line['line']!r}",
                        f"its lines are {', '.join(map(str, products)) or 'none'}")
        if "quantity" in line:
            records.append((place, {"record": "line", "line": line["line"], "product": product,
                                    "quantity": line["quantity"]}))
        records += _priced(line, line["line"], product, place)
    records += _terms(terms, None, _only(set(products.values())), "terms")
    return records


def _line(index: int, line: Mapping[str, Any], place: str) -> tuple[dict[str, Any], list[Record]]:
    record: dict[str, Any] = {"record": "line", "line": index}
    if "amount" in line:
        amount = line["amount"]
        if "product" in line or "quantity" in line:
            raise Error("OMS-6402", place, "it has an amount and a product or quantity",
                        "say one of the two: an amount is a quantity of its currency")
        if not isinstance(amount, Mapping):
            raise Error("OMS-6401", f"{place}.amount", f"{amount!r} is not money",
                        'write {"amount": "12.50", "currency": "EUR"}')
        _check(amount, {"amount", "currency"}, {"amount", "currency"}, f"{place}.amount")
        record |= {"product": amount["currency"], "quantity": amount["amount"]}
    else:
        _need(line, {"product", "quantity"}, place)
        record |= {"product": line["product"], "quantity": line["quantity"]}
    direction, sell_kind = _direction(line, place)
    record["direction"] = direction
    record["role"] = line.get("role", _ROLE_BY_PRODUCT)
    for name in ("parent_line", "ratio"):
        if name in line:
            record[name] = line[name]
    if "parent_line" in line:
        record.setdefault("ratio", 1)
    details = _priced(line, index, record["product"], place)
    if sell_kind:
        details += _terms({"sell_kind": sell_kind}, index, record["product"], place)
    for number, source in enumerate(_list(line.get("sources", []), f"{place}.sources")):
        where = f"{place}.sources[{number}]"
        _check(source, {"order", "line", "quantity"}, {"order", "quantity"}, where)
        details.append((where, {"record": "line_source", "line": index,
                                "source_order": source["order"],
                                "source_line": source.get("line", 0),
                                "product": record["product"], "quantity": source["quantity"]}))
    return record, details


def _direction(line: Mapping[str, Any], place: str) -> tuple[str, str | None]:
    if ("direction" in line) == ("side" in line):
        raise Error("OMS-6402", place, "it must say either its direction or its side",
                    'add "direction": "receive" or "deliver", or "side": "buy" or "sell"')
    if "direction" in line:
        return line["direction"], None
    if line["side"] not in _SIDES:
        raise Error("OMS-6402", f"{place}.side", f"{line['side']!r} is no side",
                    f"write one of {', '.join(_SIDES)}")
    return _SIDES[line["side"]]


def _priced(line: Mapping[str, Any], index: int, product: str, place: str) -> list[Record]:
    terms = dict(line.get("terms", {}))
    records = list(_terms(terms, index, product, f"{place}.terms"))
    if "price" in line:
        records += [(f"{place}.price", record) for _, record in
                    _terms({"limit_price": line["price"]}, index, product, place)]
    return records


def _terms(terms: Mapping[str, Any], line: int | None, product: str | None,
           place: str) -> Iterator[Record]:
    for name, value in terms.items():
        record = {"record": "term", "field": name, "value": value}
        if line is not None:
            record["line"] = line
        if product is not None:
            record["product"] = product
        yield f"{place}.{name}", record


def _only(products: set[str]) -> str | None:
    return next(iter(products)) if len(products) == 1 else None


def _list(value: Any, place: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, (list, tuple)):
        raise Error("OMS-6401", place, f"{value!r} is not a list", "write a list of dictionaries")
    return value


def _check(given: Mapping[str, Any], known: set[str], needed: set[str], place: str) -> None:
    if not isinstance(given, Mapping):
        raise Error("OMS-6401", place, f"{given!r} is not a dictionary", "write a dictionary")
    for name in given:
        if name not in known:
            raise Error("OMS-6404", place, f"there is no member {name!r}",
                        f"there are {', '.join(sorted(known))}")
    _need(given, needed, place)


def _need(given: Mapping[str, Any], needed: set[str], place: str) -> None:
    for name in sorted(needed):
        if name not in given:
            raise Error("OMS-6404", place, f"the member {name!r} is missing", "add it")
