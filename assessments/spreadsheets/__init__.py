"""The questionnaire as a spreadsheet. Pure: plain values in, bytes or plain values out. Only `write` knows openpyxl."""
