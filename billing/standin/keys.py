"""Key names of Stripe's objects (facts, read from stripe/openapi, MIT): every object has all its keys."""

from __future__ import annotations

from typing import Any

KEYS = {
    "product": (
        "metadata livemode active created default_price description images marketing_features name "
        "package_dimensions shippable statement_descriptor tax_code unit_label updated url type"
    ),
    "price": (
        "metadata livemode active billing_scheme created currency custom_unit_amount lookup_key nickname "
        "product recurring tax_behavior tiers_mode transform_quantity type unit_amount "
        "unit_amount_decimal"
    ),
    "customer": (
        "metadata livemode address balance created currency default_source delinquent description "
        "discount email invoice_prefix invoice_settings name next_invoice_sequence phone "
        "preferred_locales shipping tax_exempt test_clock"
    ),
    "promotion_code": (
        "metadata livemode active code created customer expires_at max_redemptions restrictions "
        "times_redeemed promotion customer_account"
    ),
    "coupon": (
        "metadata livemode amount_off created currency duration duration_in_months max_redemptions name "
        "percent_off redeem_by times_redeemed valid"
    ),
    "discount": (
        "checkout_session customer end invoice invoice_item promotion_code start subscription "
        "subscription_item source customer_account"
    ),
    "checkout.session": (
        "metadata livemode after_expiration allow_promotion_codes amount_subtotal amount_total "
        "automatic_tax billing_address_collection cancel_url client_reference_id client_secret consent "
        "consent_collection created currency custom_fields custom_text customer customer_creation "
        "customer_details customer_email expires_at invoice invoice_creation locale mode payment_intent "
        "payment_link payment_method_collection payment_method_configuration_details "
        "payment_method_options payment_method_types payment_status phone_number_collection "
        "recovered_from saved_payment_method_options setup_intent shipping_address_collection "
        "shipping_cost shipping_options status submit_type subscription success_url total_details ui_mode "
        "url adaptive_pricing discounts collected_information permissions wallet_options origin_context "
        "currency_conversion customer_account integration_identifier managed_payments tax_id_collection"
    ),
    "item": (
        "metadata amount_discount amount_subtotal amount_tax amount_total currency description price "
        "quantity adjustable_quantity"
    ),
    "payment_intent": (
        "metadata livemode amount amount_capturable amount_details amount_received application "
        "application_fee_amount automatic_payment_methods canceled_at cancellation_reason capture_method "
        "client_secret confirmation_method created currency customer description last_payment_error "
        "latest_charge next_action on_behalf_of payment_method payment_method_configuration_details "
        "payment_method_options payment_method_types processing receipt_email review setup_future_usage "
        "shipping statement_descriptor statement_descriptor_suffix status transfer_data transfer_group "
        "source excluded_payment_method_types customer_account managed_payments"
    ),
    "charge": (
        "metadata livemode amount amount_captured amount_refunded application application_fee "
        "application_fee_amount balance_transaction billing_details calculated_statement_descriptor "
        "captured created currency customer description disputed failure_balance_transaction failure_code "
        "failure_message fraud_details on_behalf_of outcome paid payment_intent payment_method "
        "payment_method_details receipt_email receipt_number receipt_url refunded review shipping "
        "source_transfer statement_descriptor statement_descriptor_suffix status transfer_data "
        "transfer_group source"
    ),
    "refund": (
        "metadata amount balance_transaction charge created currency destination_details payment_intent "
        "reason receipt_number source_transfer_reversal status transfer_reversal customer "
        "customer_account payment_method"
    ),
    "dispute": (
        "metadata livemode amount balance_transactions charge created currency evidence evidence_details "
        "is_charge_refundable payment_intent payment_method_details reason status "
        "enhanced_eligibility_types"
    ),
    "subscription": (
        "metadata livemode application application_fee_percent automatic_tax billing_cycle_anchor "
        "billing_cycle_anchor_config cancel_at canceled_at cancellation_details collection_method created "
        "currency customer days_until_due default_payment_method default_source default_tax_rates "
        "description discounts ended_at invoice_settings items latest_invoice "
        "next_pending_invoice_item_invoice on_behalf_of pause_collection payment_settings "
        "pending_invoice_item_interval pending_setup_intent pending_update schedule start_date status "
        "test_clock transfer_data trial_end trial_settings trial_start cancel_at_period_end "
        "billing_thresholds billing_mode customer_account managed_payments billing_schedules"
    ),
    "subscription_item": (
        "metadata created discounts price quantity subscription tax_rates plan current_period_end "
        "current_period_start billing_thresholds"
    ),
    "invoice": (
        "metadata livemode account_country account_name account_tax_ids amount_due amount_paid "
        "amount_remaining amount_shipping application attempt_count attempted auto_advance automatic_tax "
        "billing_reason collection_method created currency custom_fields customer customer_address "
        "customer_email customer_name customer_phone customer_shipping customer_tax_exempt "
        "customer_tax_ids default_payment_method default_source default_tax_rates description discounts "
        "due_date effective_at ending_balance footer from_invoice hosted_invoice_url invoice_pdf issuer "
        "last_finalization_error latest_revision lines next_payment_attempt number on_behalf_of "
        "payment_settings period_end period_start post_payment_credit_notes_amount "
        "pre_payment_credit_notes_amount receipt_number rendering shipping_cost shipping_details "
        "starting_balance statement_descriptor status status_transitions subscription subtotal "
        "subtotal_excluding_tax test_clock total total_discount_amounts total_excluding_tax "
        "webhooks_delivered_at automatically_finalizes_at total_pretax_credit_amounts total_taxes "
        "amount_overpaid parent customer_account"
    ),
    "invoiceitem": (
        "metadata livemode amount currency customer date description discountable discounts invoice "
        "period proration quantity tax_rates test_clock parent pricing net_amount customer_account "
        "quantity_decimal"
    ),
    "line_item": (
        "metadata livemode amount currency description discount_amounts discountable discounts invoice "
        "period quantity subscription pretax_credit_amounts taxes parent pricing subtotal "
        "quantity_decimal"
    ),
    "invoice_payment": (
        "livemode amount_paid amount_requested created currency invoice is_default payment status "
        "status_transitions"
    ),
    "balance_transaction": (
        "amount available_on created currency description exchange_rate fee fee_details net "
        "reporting_category source status type balance_type"
    ),
    "billing_portal.session": (
        "livemode configuration created customer flow locale on_behalf_of return_url url customer_account"
    ),
    "billing_portal.configuration": (
        "metadata livemode active application business_profile created default_return_url features "
        "is_default login_page updated name"
    ),
    "webhook_endpoint": (
        "metadata livemode api_version application created description enabled_events status url"
    ),
    "event": "livemode api_version created data pending_webhooks request type",
    "tax.settings": "livemode defaults head_office status status_details",
    "tax_id": "livemode country created customer owner type value verification customer_account",
}


def blank(kind: str, key: str, **values: Any) -> dict[str, Any]:
    """An object of that kind with every key; names with an underscore stay inside the stand-in."""
    names = KEYS[kind].split()
    strange = [name for name in values if name not in names and not name.startswith("_")]
    if strange:
        raise KeyError(f"{kind} has no {strange}")
    fresh: dict[str, Any] = {"id": key, "object": kind, **dict.fromkeys(names)}
    if "livemode" in names:
        fresh["livemode"] = False
    if "metadata" in names:
        fresh["metadata"] = {}
    return fresh | values
