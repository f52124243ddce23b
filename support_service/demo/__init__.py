"""Demo data, and a case played from end to end, for a site to try the app out.

	bench --site SITE execute support_service.demo.load
	bench --site SITE execute support_service.demo.play_story
	bench --site SITE execute support_service.demo.print_guide --kwargs "{'url': 'http://localhost:8000'}"

All three may be run again. The passwords are printed in the guide: never load this on a site with real data.
"""

from support_service.demo.guide import print_guide
from support_service.demo.loader import load
from support_service.demo.story import play_story

__all__ = ["load", "play_story", "print_guide"]
