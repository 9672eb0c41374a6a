"""The order interface that today's dossier systems speak with the post: orders in, what became of them out.

Facts from VietOpenCPS/opencps-v2 (`backend-postal-api-rest`, the VNPost models and the scheduler that reads statuses).
"""
