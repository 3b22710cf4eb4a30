-- What has been tried and not been paid is not tried for the first time once more.
UPDATE licenses_license AS license
SET in_renewal = true
FROM licenses_renewal AS renewal
WHERE license_id = license.id AND renewal.state <> 'paid'
