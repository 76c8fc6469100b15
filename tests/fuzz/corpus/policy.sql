CREATE TABLE "a""b" (x int DEFAULT $$;$$, y text[] CHECK (y <> ARRAY[1]));
/* /* */ */ DO $f$ BEGIN EXECUTE E'\''; END $f$;
CREATE POLICY p ON a USING ((select auth.uid()) = x);
