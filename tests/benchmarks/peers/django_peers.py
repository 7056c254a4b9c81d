"""djangorestframework-api-key and django-rest-knox, as small as they can be set up.

`python django_peers.py COUNT FILE` makes the database, and writes COUNT keys of each to FILE.
"""

# mypy: ignore-errors
# Runs where Django is installed, and that is not where this project is checked.

import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework_api_key",
        "knox",
    ],
    MIDDLEWARE=[],
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["PEER_DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from knox.auth import TokenAuthentication  # noqa: E402
from knox.models import get_token_model  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_api_key.models import APIKey  # noqa: E402
from rest_framework_api_key.permissions import HasAPIKey  # noqa: E402


class ApiKeyView(APIView):
    authentication_classes = ()
    permission_classes = (HasAPIKey,)

    def get(self, request):
        return Response({"active": True})


class KnoxView(APIView):
    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request):
        return Response({"active": True, "user": request.user.pk})


urlpatterns = [path("api-key", ApiKeyView.as_view()), path("knox", KnoxView.as_view())]
application = get_wsgi_application()


def fill(count, file):
    call_command("migrate", verbosity=0)
    # A user each: knox goes through all tokens of a user whenever one of them is used.
    users = [get_user_model().objects.create(username=f"robot-{n}") for n in range(count)]
    keys = {
        "api-key": [APIKey.objects.create_key(name=f"Robot {n}")[1] for n in range(count)],
        "knox": [get_token_model().objects.create(user=user)[1] for user in users],
    }
    Path(file).write_text(json.dumps(keys), encoding="utf-8")


if __name__ == "__main__":
    fill(int(sys.argv[1]), sys.argv[2])
