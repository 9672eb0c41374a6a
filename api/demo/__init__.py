"""The demo day: four offices, twelve couriers and four hundred results on a real road file."""
