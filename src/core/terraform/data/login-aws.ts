import { atLeast, type GuardTable, keeps, ordered, staysOff, staysOn, stated, unlisted, without } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/${name}`;

const anyOrigin = without("*", "null", "http://*", "https://*");
const loginActions = keeps("authenticate-oidc", "authenticate-cognito", "jwt-validation");
const unauthenticated = ordered(["allow", ["deny", "authenticate"]], "authenticate");

/** Who is asked who they are, as the documentation of the provider states the defaults. What opens a function or a route is exposure. */
export const awsLogin: readonly GuardTable[] = [
  {
    types: ["aws_cognito_user_pool"],
    source: page("cognito_user_pool"),
    login: {
      "admin_create_user_config.allow_admin_create_user_only": staysOn(false),
      mfa_configuration: ordered(["OFF", "OPTIONAL", "ON"], "OFF"),
      "password_policy.minimum_length": atLeast(6, 8),
      "password_policy.require_lowercase": staysOn(false, true),
      "password_policy.require_numbers": staysOn(false, true),
      "password_policy.require_symbols": staysOn(false, true),
      "password_policy.require_uppercase": staysOn(false, true),
      "user_pool_add_ons.advanced_security_mode": ordered(["OFF", "AUDIT", "ENFORCED"], "OFF"),
    },
  },
  {
    types: ["aws_cognito_user_pool_client"],
    source: page("cognito_user_pool_client"),
    login: {
      allowed_oauth_flows: without("implicit"),
      callback_urls: unlisted,
      enable_token_revocation: staysOn(true),
      prevent_user_existence_errors: ordered(["LEGACY", "ENABLED"], "LEGACY"),
    },
  },
  {
    types: ["aws_cognito_identity_pool"],
    source: page("cognito_identity_pool"),
    login: { allow_classic_flow: staysOff(false), allow_unauthenticated_identities: staysOff(false) },
  },
  {
    types: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
    source: page("api_gateway_method"),
    login: { api_key_required: staysOn(false) },
  },
  {
    types: ["aws_apigatewayv2_authorizer"],
    source: page("apigatewayv2_authorizer"),
    login: { "jwt_configuration.audience": unlisted },
  },
  {
    types: ["aws_apigatewayv2_api"],
    source: page("apigatewayv2_api"),
    login: { "cors_configuration.allow_origins": anyOrigin },
  },
  {
    types: ["aws_lambda_function_url"],
    source: page("lambda_function_url"),
    login: { "cors.allow_origins": anyOrigin },
  },
  {
    types: ["aws_appsync_graphql_api"],
    source: page("appsync_graphql_api"),
    login: {
      authentication_type: ordered(
        ["API_KEY", ["AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"]],
        "API_KEY",
      ),
    },
  },
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    source: page("lb_listener"),
    login: {
      "default_action.authenticate_cognito.on_unauthenticated_request": unauthenticated,
      "default_action.authenticate_oidc.on_unauthenticated_request": unauthenticated,
      "default_action.type": loginActions,
      "mutual_authentication.mode": ordered(["off", "passthrough", "verify"], "off"),
    },
  },
  {
    types: ["aws_lb_listener_rule", "aws_alb_listener_rule"],
    source: page("lb_listener_rule"),
    login: {
      "action.authenticate_cognito.on_unauthenticated_request": unauthenticated,
      "action.authenticate_oidc.on_unauthenticated_request": unauthenticated,
      "action.type": loginActions,
    },
  },
  {
    types: ["aws_db_instance", "aws_rds_cluster", "aws_neptune_cluster"],
    source: page("db_instance"),
    login: { iam_database_authentication_enabled: staysOn(false) },
  },
  {
    types: ["aws_elasticache_replication_group"],
    source: page("elasticache_replication_group"),
    login: { auth_token: stated },
  },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    source: page("opensearch_domain"),
    login: {
      "advanced_security_options.anonymous_auth_enabled": staysOff(false),
      "advanced_security_options.enabled": staysOn(false),
      "cognito_options.enabled": staysOn(false),
    },
  },
  {
    types: ["aws_msk_cluster"],
    source: page("msk_cluster"),
    login: { "client_authentication.unauthenticated": staysOff(false) },
  },
  {
    types: ["aws_iam_account_password_policy"],
    source: page("iam_account_password_policy"),
    login: {
      minimum_password_length: atLeast(6),
      password_reuse_prevention: atLeast(0),
      require_lowercase_characters: staysOn(false),
      require_numbers: staysOn(false),
      require_symbols: staysOn(false),
      require_uppercase_characters: staysOn(false),
    },
  },
];
