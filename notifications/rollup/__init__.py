"""The rollup as the cabinet and the board hold it: a page, a paper, a workbook and JSON, all of the same frozen words."""
