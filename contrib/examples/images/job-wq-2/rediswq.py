# SPDX-License-Identifier: GPL-2.0-or-later
# A work queue in Redis: items wait in a list; one that is worked on stands in a second list, with a lease that runs out.
# Whoever completes an item takes it out of there, so the queue is empty only when all work is done.
import uuid

import redis


class RedisWQ:
    def __init__(self, name, **where):
        self.db = redis.StrictRedis(**where)
        self.session = str(uuid.uuid4())
        self.waiting = name
        self.processing = name + ":processing"
        self.leases = name + ":leased_by_session:"

    def empty(self):
        return self.db.llen(self.waiting) == 0 and self.db.llen(self.processing) == 0

    def lease(self, lease_secs, timeout):
        """An item, or None when there is none within timeout seconds."""
        item = self.db.brpoplpush(self.waiting, self.processing, timeout=timeout)
        if item is not None:
            self.db.setex(self._lease_of(item), lease_secs, self.session)
        return item

    def complete(self, item):
        self.db.lrem(self.processing, 0, item)
        self.db.delete(self._lease_of(item))

    def _lease_of(self, item):
        return self.leases + item.decode()
