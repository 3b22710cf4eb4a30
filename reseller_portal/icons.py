"""The drawings of the icons: 16 × 16 units, strokes in the colour of the text around them.

They stand inside the page: no request, and no exception in the Content-Security-Policy.
"""

ICONS = {
    "alert": "M8 2 14.5 13.5h-13zM8 6.5v3M8 11.6v.1",
    "arrow-down": "M8 3v10M4.5 9.5 8 13l3.5-3.5",
    "arrow-up": "M8 13V3M4.5 6.5 8 3l3.5 3.5",
    "back": "M13 8H3M6.5 4.5 3 8l3.5 3.5",
    "building": "M3 14V2.5h7V14M10 6.5h3V14M1.5 14h13M5.5 5.5h2M5.5 8h2M5.5 10.5h2",
    "calendar": "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5",
    "check": "m3 8.5 3.5 3.5L13 4.5",
    "circle": "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3",
    "clock": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3.2l2 1.3",
    "close": "m4 4 8 8M12 4l-8 8",
    "copy": "M6 6h7.5v7.5H6zM10 3.5v-1H2.5V10h1",
    "cross": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M6 6l4 4M10 6l-4 4",
    "dash": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M5.5 8h5",
    "document": "M3.5 1.5H9l3.5 3.5v9.5h-9zM9 1.5V5h3.5M6 8.5h4M6 11h4",
    "download": "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
    "home": "M2 7.5 8 2.5l6 5M3.5 6.5v7h9v-7M6.5 13.5v-4h3v4",
    "info": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 7.3v3.4M8 5.2v.1",
    "key": "M10.5 2.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8.3 7.7 2.5 13.5M4 12l1.5 1.5M6 10l1.5 1.5",
    "keyboard": "M1.5 4h13v8h-13zM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M5 9.5h6",
    "licenses": "M2 3.5h12v9H2zM2 6.5h12M4.5 9.5h3M11 9.5h.5",
    "link": "M6.8 9.2a2.5 2.5 0 0 0 3.6 0l2.3-2.3a2.5 2.5 0 0 0-3.6-3.6l-.9.9M9.2 6.8"
    "a2.5 2.5 0 0 0-3.6 0L3.3 9.1a2.5 2.5 0 0 0 3.6 3.6l.9-.9",
    "mail": "M1.5 3.5h13v9h-13zM1.5 4.5 8 9l6.5-4.5",
    "menu": "M2 4h12M2 8h12M2 12h12",
    "more": "M3.5 8h.01M8 8h.01M12.5 8h.01",
    "next": "m6 3.5 4.5 4.5L6 12.5",
    "open": "M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4",
    "plus": "M8 3v10M3 8h10",
    "portal": "M2.5 2.5h11v11h-11zM2.5 6h11M5.5 9.5h5M5.5 11.5h3",
    "print": "M4.5 6V2h7v4M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7V14h-7z",
    "renew": "M13.5 3v3.5H10M2.5 13V9.5H6M13 6.5A5.2 5.2 0 0 0 3.7 5M3 9.5A5.2 5.2 0 0 0 12.3 11",
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3l3.2 3.2",
    "shield": "M8 1.5 13 3.5v4c0 3.5-2 5.7-5 7-3-1.3-5-3.5-5-7v-4z",
    "sign-out": "M6.5 2.5h-4v11h4M10.5 11l3-3-3-3M13.5 8H6",
    "undo": "M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6",
    "wallet": "M2 4.5h11.5v9H2zM2 4.5l8.5-2.5v2.5M13.5 7.5H10a1.5 1.5 0 0 0 0 3h3.5",
    "user": "M8 2.5a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5M2.5 14c.5-3 2.7-4 5.5-4s5 1 5.5 4",
}
