"""What the mail with an activation link says, and when it is not sent any more."""

import pytest
from django.utils import timezone

from activation.actions import activate_by_link, erase_person, send_link
from activation.sending import Recipient
from activation.steps import CustomerDetails
from licenses.actions import replace_code
from licenses.models import License
from mailing.actions import resend
from mailing.delivery import as_message, write
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from reseller_portal.running import PermanentError, PointlessError
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, ProductFactory, make_cancelled, make_order

TO = "nina@nova.example"


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme, of a product with a name that HTML must escape."""
    product = ProductFactory.create(name="Guard <Pro> & Son")
    return make_order(acme, quantity=1, product=product).licenses.get()


def sent(license: License, actor: User, words: str = "", name: str = "") -> Mail:
    return send_link(license.uuid, Recipient(TO, name), words, actor=actor, now=timezone.now())


def test_it_brings_the_link_with_product_reseller_and_own_words(
    license: License, ann: User
) -> None:
    text = write(sent(license, ann, "Dear <b>Nina</b>,\nhave fun & <script>", "Nina"))
    assert text.subject == "Your activation link for Guard <Pro> & Son, from Acme"
    link = f"/activate/{license.activation_code}/"
    for said in ("Hello Nina,", "Guard <Pro> & Son", "12 months", link, "Acme writes:"):
        assert said in text.text
    assert "Dear <b>Nina</b>,\nhave fun & <script>" in text.text
    assert "Dear &lt;b&gt;Nina&lt;/b&gt;,<br>have fun &amp; &lt;script&gt;" in text.html
    assert "Guard &lt;Pro&gt; &amp; Son" in text.html
    assert link in text.html
    assert "An answer to this mail reaches them." in text.text


def test_without_words_and_name_nothing_is_missing(license: License, ann: User) -> None:
    text = write(sent(license, ann))
    assert "Hello,\n" in text.text
    assert "writes:" not in text.text + text.html


def test_words_reach_no_header(license: License, ann: User) -> None:
    mail = sent(license, ann, "Hi\nBcc: all@x.example", "Nina Bcc: all@x.example")
    message = as_message(mail, write(mail)).message()
    assert message["Bcc"] is None
    assert message["To"] == TO
    assert "Bcc" not in message["Subject"]


def test_an_answer_reaches_who_sent_it_or_else_who_ordered(license: License, ann: User) -> None:
    mail = sent(license, ann)
    assert write(mail).reply_to == ann.email
    User.objects.filter(pk=ann.pk).update(is_active=False)
    orderer = license.order.user
    assert write(Mail.objects.get()).reply_to == ("" if orderer == ann else orderer.email)


def test_once_the_license_is_cancelled_it_is_not_sent(license: License, ann: User) -> None:
    mail = sent(license, ann)
    make_cancelled(license)
    with pytest.raises(PermanentError, match="The license has been cancelled since"):
        write(mail)


def test_once_it_is_activated_it_is_not_sent(license: License, ann: User) -> None:
    mail = sent(license, ann)
    details = CustomerDetails("Nova", "Nina", TO, "FR")
    activate_by_link(license.activation_code, details, terms_version="", now=timezone.now())
    with pytest.raises(PermanentError, match="The license has been activated since"):
        write(mail)


def test_with_a_new_code_the_mail_for_the_old_one_is_not_sent(license: License, ann: User) -> None:
    mail = sent(license, ann)
    replaced = replace_code(license.uuid, actor=ann, now=timezone.now())
    with pytest.raises(PermanentError, match=r"code has been replaced since\. Send the new link"):
        write(mail)
    again = sent(license, ann)
    assert replaced.activation_code in write(again).text


def test_it_is_not_sent_once_more_from_the_mail_log(license: License, alice: User) -> None:
    mail = sent(license, alice)
    Mail.objects.update(state="done", sent_at=timezone.now())
    with pytest.raises(Refusal, match="A link is sent again from the menu of its license"):
        resend(mail.pk, actor=alice, now=timezone.now())


def test_of_a_person_whose_data_are_erased_nothing_is_left(
    license: License, ann: User, sam: User
) -> None:
    customer = CustomerFactory.create(reseller=license.reseller, email=TO)
    sent(license, ann, "Dear Nina", "Nina")
    erase_person(customer.uuid, actor=sam, now=timezone.now())
    mail = Mail.objects.get()
    assert (mail.state, mail.params) == ("dropped", {})
    assert mail.to.endswith("@erased.invalid")
    with pytest.raises(PointlessError, match="data were erased"):
        write(mail)
