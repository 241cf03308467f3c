"""The pages: the plan as it stands, and the inbox of the mail catcher."""
