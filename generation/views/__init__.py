"""The shoot's pages, a module per part of the journey: opening, photos, phone, looks, submitting."""
