// Before anything is drawn: the reader's choice of day or night, kept by this browser; «auto» follows the system.
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
