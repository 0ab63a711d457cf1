"""write_workbook.py PATH RECORDS: a workbook as openpyxl writes it, price and stock as numbers.

A script of its own because only the peers' Python has openpyxl.
"""

import sys
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).parent.parent))
from comparison.data import COLUMNS, record  # noqa: E402

book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet("Items")
sheet.append(COLUMNS)
for number in range(int(sys.argv[2])):
    row = record(number, changed=False)
    sheet.append([*row[:4], float(row[4]), int(row[5]), *row[6:]])
book.save(sys.argv[1])
